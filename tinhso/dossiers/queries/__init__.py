"""Questions about dossiers that no screen owns."""
