"""Whoever changes the calendar, every process notices: the version is written by the database itself."""

from django.db import migrations

TABLES = ("kernel_calendarday", "kernel_officehours")

FUNCTION = """
CREATE FUNCTION kernel_note_calendar_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kernel_calendarversion (id, version) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
"""


def triggers() -> str:
    return FUNCTION + "".join(
        f"""
        CREATE TRIGGER {table}_noticed AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_note_calendar_change();
        CREATE TRIGGER {table}_emptied AFTER TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_note_calendar_change();
        """
        for table in TABLES
    )


def undo() -> str:
    return "".join(
        f"DROP TRIGGER {table}_noticed ON {table}; DROP TRIGGER {table}_emptied ON {table};" for table in TABLES
    ) + "DROP FUNCTION kernel_note_calendar_change();"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_working_calendar")]
    operations = [migrations.RunSQL(triggers(), undo())]
