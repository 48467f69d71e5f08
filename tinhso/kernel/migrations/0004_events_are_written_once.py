"""The database refuses to change what happened, whoever asks and however.

TRUNCATE has a trigger of its own: a test database drops it, because tests that commit are cleaned up by it.
"""

from django.db import migrations

TABLES = ("kernel_event", "kernel_sealedevent", "kernel_block")

FUNCTION = """
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def triggers() -> str:
    return FUNCTION + "".join(
        f"""
        CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
        """
        for table in TABLES
    )


def undo() -> str:
    return "".join(
        f"DROP TRIGGER {table}_written_once ON {table}; DROP TRIGGER {table}_not_emptied ON {table};" for table in TABLES
    ) + "DROP FUNCTION kernel_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_ledger_and_delivery")]
    operations = [migrations.RunSQL(triggers(), undo())]
