"""The cataloguers' pages."""
