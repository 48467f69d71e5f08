"""A dossier played through its whole life by the people of the demonstration province."""
