"""Conversations about dossiers, one file per audience."""
