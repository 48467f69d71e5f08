from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PaymentsConfig(AppConfig):
    name = "tinhso.payments"
    verbose_name = "Phí, lệ phí"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
        post_migrate.connect(_open_demonstration_account, sender=self)


def _open_demonstration_account(using: str, **_more) -> None:
    """A demonstration has somewhere for money to go; the number is invented and says so."""
    from datetime import date

    from django.conf import settings
    from django.db import connections

    from tinhso.payments.models import BankAccount

    if not settings.ENV.demo or BankAccount._meta.db_table not in connections[using].introspection.table_names():
        return
    BankAccount.objects.get_or_create(
        agency=None,
        valid_from=date(2020, 1, 1),
        defaults={
            "bank_bin": "970415",
            "bank_name": "Ngân hàng minh họa",
            "number": "4900000000001",
            "holder": "KHO BAC NHA NUOC (MINH HOA)",
        },
    )
