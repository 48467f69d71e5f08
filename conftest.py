"""What every test stands on: a real PostgreSQL, started if it does not run."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def pytest_configure(config):
    from config.env import env

    if not env.database_url:
        from deploy import postgres

        postgres.start(env.var)


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real public data that some tests use; they are skipped where it is absent."""
    folder = Path(os.environ.get("TINHSO_TESTDATA") or Path(__file__).resolve().parent.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("không có dữ liệu thật: đặt TINHSO_TESTDATA")
    return folder
