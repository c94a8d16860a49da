"""One file per comparison: how two records may agree. Adding a file is all it takes."""
