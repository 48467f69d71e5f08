from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "tinhso.payments"
    verbose_name = "Phí, lệ phí"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
