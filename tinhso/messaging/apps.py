from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "tinhso.messaging"
    verbose_name = "Thông báo"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
