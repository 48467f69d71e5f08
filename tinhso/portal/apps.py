from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tinhso.portal"
    verbose_name = "Cổng dịch vụ công"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
