"""Give the role that serves pages and jobs what it needs, and nothing that would let it rewrite history."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql

# Rows of these tables are written once. Triggers say so too; without the right, no bug reaches the trigger.
SEALED = ("kernel_event", "kernel_sealedevent", "kernel_block")


class Command(BaseCommand):
    help = "Cấp quyền cho vai trò cơ sở dữ liệu của ứng dụng (chạy sau mỗi lần migrate)."

    def handle(self, *args, **options):
        role = settings.DATABASE_APP_ROLE
        if not role:
            self.stderr.write("DATABASE_APP_URL chưa đặt: ứng dụng đang dùng vai trò sở hữu bảng.")
            return
        grant(role)
        if options["verbosity"]:
            self.stdout.write(f"Đã cấp quyền cho {role}.")


@transaction.atomic
def grant(role: str) -> None:
    """Grant anew from nothing, so that a right given by hand does not stay."""
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
            # Tables that the owner makes later in the day (a partition, say) are usable at once.
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(name))
        present = set(connection.introspection.table_names(cursor))
        for table in SEALED:
            if table in present:
                cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name))
