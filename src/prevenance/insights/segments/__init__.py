"""The segmentations, one file each."""
