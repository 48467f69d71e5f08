"""Pages of dossiers."""

urlpatterns: list = []
