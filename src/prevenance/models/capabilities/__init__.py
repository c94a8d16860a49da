"""What can be done with a flat table that someone brings: one file a capability of the lab."""
