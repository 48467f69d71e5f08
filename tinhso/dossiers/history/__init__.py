"""A synthetic past for benchmarks and demonstrations: as many dossiers as wanted, spread as a province's are.

`plans` decides in Python who solves what, `filling` lets the database write the rows, `telling` writes their events.
"""
