from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "tinhso.kernel"
    verbose_name = "Nền"

    def ready(self):
        # The kernel's own announcements and schedules; rooms open theirs with `open_room`.
        import tinhso.kernel.schedules
        import tinhso.kernel.undeliverable  # noqa: F401

        # After migrations rather than in one: a new release brings new years.
        post_migrate.connect(_seed_calendar, sender=self)


def _seed_calendar(using: str, **_more) -> None:
    from django.db import connections

    from tinhso.kernel.calendars import seed

    if using == "default" and "kernel_calendarversion" in connections[using].introspection.table_names():
        seed()
