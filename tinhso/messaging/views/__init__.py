"""Conversations about messages, one file per audience."""
