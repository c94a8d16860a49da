"""Prévenance: go and meet a customer's need before it is spoken."""

__version__ = "0.1.0"
