"""Questions about the future, one file each. Adding a file adds a prediction."""
