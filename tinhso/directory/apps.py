from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "tinhso.directory"
    verbose_name = "Cơ quan và con người"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
