"""The alarms, one file each."""
