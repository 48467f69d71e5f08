from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "tinhso.dossiers"
    verbose_name = "Hồ sơ một cửa"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
