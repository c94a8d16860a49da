"""Hold one page per file: what it reads, what it shows, what it takes back."""
