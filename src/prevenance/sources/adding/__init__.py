"""Add a file that a person has: look at it, guess what its columns mean, rehearse, load, give back, undo."""
