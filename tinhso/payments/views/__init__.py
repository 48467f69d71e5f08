"""Conversations about money, one file per audience."""
