from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tinhso.kernel"
    verbose_name = "Nền"

    def ready(self):
        # The kernel's own announcements and schedules; rooms open theirs with `open_room`.
        import tinhso.kernel.schedules
        import tinhso.kernel.undeliverable  # noqa: F401
