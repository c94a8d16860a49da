"""Domain-free tools that every room may use: clock, catalogue loader, words, hashes, progress, problems."""
