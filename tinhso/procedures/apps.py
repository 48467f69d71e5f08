from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "tinhso.procedures"
    verbose_name = "Thủ tục hành chính"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
