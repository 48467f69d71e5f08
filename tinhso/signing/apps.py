from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "tinhso.signing"
    verbose_name = "Ký số"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
