"""The readings, one file each."""
