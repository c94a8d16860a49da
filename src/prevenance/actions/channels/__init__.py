"""The ways of reaching someone, one file each."""
