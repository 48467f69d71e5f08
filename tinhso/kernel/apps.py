from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tinhso.kernel"
    verbose_name = "Nền"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
