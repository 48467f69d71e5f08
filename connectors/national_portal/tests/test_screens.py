"""The pages for those who look after connections, as a browser shows them."""

import pytest

from connectors.national_portal.models import Line, Message, Sync
from tinhso.directory.models import Person, Post, Role
from tinhso.directory.testing import sign_in
from tinhso.dossiers.testing import SINCE, at, filed
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = pytest.mark.browser
NOON = at("2024-04-19 12:00")


@pytest.fixture
def operator(office):
    person = Person(kind=Person.Kind.OFFICIAL, username="van.hanh", full_name="Vũ Vận Hành")
    person.set_unusable_password()
    person.save()
    Post.objects.create(person=person, unit=office.department, role=Role.OPERATOR, valid_from=SINCE, title="")
    return person


@pytest.fixture
def full(office, version, settings, monkeypatch):
    """Something of every kind on the page."""
    monkeypatch.setattr(settings.ENV, "national_portal_url", "http://127.0.0.1:9")
    refused, waiting, different = (filed(office, version) for _ in range(3))
    sentence = "Hồ sơ không hợp lệ: MaLinhVuc không được để trống."
    Message.objects.create(dossier=refused, next_try_at=NOON, attempts=2, error=sentence, failed_at=NOON)
    Message.objects.create(dossier=waiting, next_try_at=NOON)
    Sync.objects.create(dossier=different, known=True, status=1, sent_at=NOON, checked_at=NOON, portal_status=2, difference="status")
    Line.objects.create(pk=1, failures=3, next_try_at=NOON, error="Không kết nối được Cổng quốc gia (ConnectError).", reconciled_at=NOON)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "page", ["/quan-tri/dong-bo/", "/quan-tri/dong-bo/?xem=cho-gui", "/quan-tri/dong-bo/?xem=khac-nhau", "/api/v1/docs/"]
)
def test_pages_fit_and_are_for_everybody(page, size, full, operator, client, open_screen):
    sign_in(client, operator)
    screen = open_screen(size)
    visit(screen, answered_by(screen, client) + page)
    if "docs" in page:
        screen.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert (screen.faults, axe_violations(screen), too_wide(screen)) == ([], [], False)
