"""Bringing the database to the state that this version of the program expects.

What was prepared is written on the database itself, so that a restored or a foreign one is never taken for ready.
"""

import hashlib
import os
import sys
from pathlib import Path

import psycopg
from psycopg import sql

# Whatever changes one of these files makes the next start prepare again.
SOURCES = (
    "requirements/core.txt",
    "deploy/prepare.py",
    "tinhso/*/migrations/*.py",
    "connectors/*/migrations/*.py",
    "tinhso/*/data/**/*",
    "tinhso/procedures/catalogue/**/*",
    "tinhso/*/demo*/**/*.py",
    "tinhso/*/demo*.py",
    "tinhso/*/management/commands/load_demo.py",
    "tinhso/*/management/commands/grant_roles.py",
)


def fingerprint(root: Path, *, demo: bool) -> str:
    total = hashlib.sha256(b"demo" if demo else b"plain")
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"tinhso {total.hexdigest()}"


def prepared(url: str) -> str:
    """Return what is written on the database of this address."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        return (row and row[0]) or ""


def write_prepared(url: str, mark: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(mark)))


def main() -> None:
    """Migrate, grant, and in a demonstration load its province."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    from config.env import env

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable")
    call_command("grant_roles", verbosity=0)
    if env.demo and "load_demo" in get_commands():
        call_command("load_demo")
    if "load_procedures" in get_commands():
        call_command("load_procedures")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
