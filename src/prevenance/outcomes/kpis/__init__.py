"""The KPIs: one file each."""
