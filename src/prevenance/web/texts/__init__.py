"""Keep every sentence of the screens, one file per part, French and English side by side."""
