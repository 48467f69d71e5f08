"""Finding a procedure by the words that people use. Needs nothing but the catalogue: no extension, no service."""
