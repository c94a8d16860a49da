"""One file per check of the audit. Adding a file is all it takes."""
