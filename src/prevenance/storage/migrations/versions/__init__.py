"""Every change of the tables, one file each, in the order of their numbers."""
