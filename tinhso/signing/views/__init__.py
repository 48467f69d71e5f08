"""Conversations about signatures: with anybody who holds a file, and with those who keep the certificates."""
