"""The vocabulary of a customer's life: one file per kind of event, named in the past tense."""
