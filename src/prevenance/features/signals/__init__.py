"""The signals: one file, one signal."""
