"""The working calendar and the operator's page, as a browser and axe see them."""

import pytest
from django.urls import reverse

from tinhso.directory.models import Role
from tinhso.directory.testing import sign_in
from tinhso.directory.tests.test_operations import stuck  # noqa: F401
from tinhso.directory.tests.test_pages import house, official  # noqa: F401
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_calendar_and_events(client, open_screen, house, stuck, size, scheme):  # noqa: F811
    page = open_screen(size, scheme)
    site = answered_by(page, client)

    def looks_right(address):
        visit(page, f"{site}{address}")
        assert (address, axe_violations(page), page.faults, too_wide(page)) == (address, [], [], False)

    sign_in(client, house["admin"])
    looks_right(reverse("calendar"))
    sign_in(client, official("van-hanh", "Huỳnh Vận Hành", house["commune"], Role.OPERATOR))
    looks_right(reverse("events"))
