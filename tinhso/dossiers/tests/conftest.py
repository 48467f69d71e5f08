import pytest

from tinhso.dossiers.testing import build_office, publish


@pytest.fixture
def office(db):
    return build_office()


@pytest.fixture
def version(office):
    return publish()
