"""The rules of the gate, one file each."""
