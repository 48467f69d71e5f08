from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MessagingConfig(AppConfig):
    name = "tinhso.messaging"
    verbose_name = "Thông báo"

    def ready(self):
        from tinhso.kernel.rooms import open_room

        open_room(self)
        post_migrate.connect(_seed, sender=self)


def _seed(using: str, **_more) -> None:
    from django.db import connections

    from tinhso.messaging.models import MessageTemplate
    from tinhso.messaging.seeds import seed_templates

    if using == "default" and MessageTemplate._meta.db_table in connections[using].introspection.table_names():
        seed_templates()
