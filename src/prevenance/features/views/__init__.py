"""The feature views: one file, one view."""
