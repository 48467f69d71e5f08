from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "tinhso.sharing"
    verbose_name = "Chia sẻ dữ liệu"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
