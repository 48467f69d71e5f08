"""Verbs of the one-stop office. Each is one transaction, one lock, one authority check, one announcement."""
