"""People in front of real browsers: each has a page of their own and says what they see."""

import io

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tinhso.directory.models import Person
from tinhso.directory.testing import session_for
from tinhso.dossiers.testing import Office, build_office, publish
from ui.testing import DESK, PHONE, axe_violations, too_wide


class Seat:
    """A person at a screen."""

    def __init__(self, page: Page, site: str, person: Person | None):
        self.page, self.site, self.person = page, site, person
        if person:
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_for(person), "url": site}])

    def go(self, path: str) -> "Seat":
        self.page.goto(self.site + path)
        return self

    def press(self, label: str) -> "Seat":
        self.page.get_by_role("button", name=label, exact=False).first.click()
        return self

    def follow(self, label: str) -> "Seat":
        self.page.get_by_role("link", name=label, exact=False).first.click()
        return self

    def unfold(self, label: str) -> "Seat":
        self.page.locator("summary", has_text=label).first.click()
        return self

    def fill(self, label: str, text: str) -> "Seat":
        self.page.get_by_label(label).locator("visible=true").first.fill(text)
        return self

    def attach(self, label: str, *names: str) -> "Seat":
        self.page.get_by_label(label).first.set_input_files(
            [{"name": name, "mimeType": "application/pdf", "buffer": a_pdf()} for name in names]
        )
        return self

    def sees(self, *texts: str) -> "Seat":
        for text in texts:
            expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()
        return self

    def judged(self) -> "Seat":
        """Ask axe and the browser about the page as it stands."""
        # The browser notes every answer 422; that is how a form comes back with its problems.
        faults = [fault for fault in self.page.faults if "422 (Unprocessable" not in fault]
        assert (self.page.url, axe_violations(self.page), faults, too_wide(self.page)) == (self.page.url, [], [], False)
        return self


def a_pdf() -> bytes:
    import pikepdf

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        content = io.BytesIO()
        pdf.save(content)
    return content.getvalue()


@pytest.fixture
def office(transactional_db) -> Office:
    return build_office()


@pytest.fixture
def version(office):
    return publish()


@pytest.fixture
def seat(live_server, open_screen):
    """Return `seat(person, phone=False)`: that person at a screen of their own."""

    def sit(person: Person | None, *, phone: bool = False) -> Seat:
        return Seat(open_screen(PHONE if phone else DESK), live_server.url, person)

    return sit
