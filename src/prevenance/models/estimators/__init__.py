"""Ways to answer, one file each, from the simplest to the most complex. Adding a file adds a rung to the ladder."""
