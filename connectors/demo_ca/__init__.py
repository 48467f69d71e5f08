"""A certificate authority for demonstration and tests: nobody outside this installation trusts it."""
