from django.apps import AppConfig


class NationalPortalConfig(AppConfig):
    name = "connectors.national_portal"
    label = "national_portal"
    verbose_name = "Đồng bộ với Cổng Dịch vụ công quốc gia"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
