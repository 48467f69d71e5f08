"""What every test stands on: a real PostgreSQL, started if it does not run, and one migrated database copied per worker."""

import fcntl
import hashlib
import os
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
ROOT = Path(__file__).resolve().parent
# `pki`: the demonstration's certificate authority, running, for whatever signs.
pytest_plugins = ["tinhso.signing.tests.pki", "ui.testing"]


def pytest_configure(config):
    from config.env import env

    if not env.database_url and not hasattr(config, "workerinput"):
        from deploy import postgres

        postgres.start(env.var)


def pytest_collection_modifyitems(items):
    """Keep what drives browsers and what kills processes each on one worker: two cores bear one of either."""
    for item in items:
        for group in ("browser", "faults"):
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, worker_name):
    """Copy the migrated template to a database of this worker's own: a copy costs a tenth of the migrations."""
    from django.db import connection

    from config.env import env

    env.var.mkdir(exist_ok=True)
    template, own = f"{connection.settings_dict['TEST']['NAME']}_template", f"{connection.settings_dict['TEST']['NAME']}_{worker_name}"
    with django_db_blocker.unblock():
        with (env.var / "test-template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            mark = migrations_mark()
            with connection._nodb_cursor() as cursor:
                cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [template])
                found = cursor.fetchone()
                stale = request.config.getvalue("create_db") or found is None or found[0] != mark
            if stale:
                connection.settings_dict["TEST"]["NAME"] = template
                before = connection.settings_dict["NAME"]
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                with connection.cursor() as cursor:
                    # Tests that commit are cleaned up by TRUNCATE: only a test database may be emptied of events.
                    for table in ("kernel_event", "kernel_sealedevent", "kernel_block"):
                        cursor.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
                connection.close()
                connection.settings_dict["NAME"] = before
                with connection._nodb_cursor() as cursor:
                    cursor.execute(f"COMMENT ON DATABASE {template} IS '{mark}'")
            with connection._nodb_cursor() as cursor:
                drop_database(cursor, own)
                cursor.execute(f"CREATE DATABASE {own} TEMPLATE {template}")
        connection.close()
        connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"] = own
        yield
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection._nodb_cursor() as cursor:
            drop_database(cursor, own)


def drop_database(cursor, name: str) -> None:
    """Drop a database after ending our sessions in it. Not WITH (FORCE): it would also end autovacuum, which we may not."""
    cursor.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()""",
        [name],
    )
    cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture(scope="session")
def worker_name(request) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "one")


def migrations_mark() -> str:
    """Return a word for the state of all migrations, ours and those of installed packages."""
    from django.apps import apps

    total = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.name):
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            total.update(f"{app.name}/{path.name}".encode() + hashlib.sha256(path.read_bytes()).digest())
    # Seeds that migrations read.
    for path in sorted(ROOT.glob("tinhso/*/data/**/*")):
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real public data that some tests use; they are skipped where it is absent."""
    folder = Path(os.environ.get("TINHSO_TESTDATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("không có dữ liệu thật: đặt TINHSO_TESTDATA")
    return folder


@pytest.fixture(autouse=True)
def forgetful():
    """What one test remembers, another must not: their rows are not the same."""
    from tinhso.kernel.memory import forget

    yield
    forget()


@pytest.fixture
def drain():
    """Do what the worker would do, until nothing is left to do."""
    from tinhso.kernel.worker import drain

    return drain


@pytest.fixture
def worker(tmp_path, settings, transactional_db):
    """Start workers as processes of their own on the test database; whoever still lives at the end is killed."""
    import subprocess
    import sys
    from urllib.parse import quote

    from django.db import connection

    facts = connection.settings_dict
    surroundings = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{facts['USER']}:{facts['PASSWORD']}@/{facts['NAME']}?host={quote(facts['HOST'])}&port={facts['PORT']}",
        "TINHSO_VAR": str(tmp_path),
    }
    (tmp_path / "secrets.env").write_bytes((settings.VAR / "secrets.env").read_bytes())
    started = []

    def start(**more: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=surroundings | more, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
