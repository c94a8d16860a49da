"""The nouns that travel between stages: ids, answers, tables of the lake, and the vocabulary of events."""
