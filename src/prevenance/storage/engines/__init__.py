"""Engines that stand behind the two ports: one file each."""
