"""The rules that may keep us from acting: one file each."""
