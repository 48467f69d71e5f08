"""The pages of messages, as a browser and axe see them."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tinhso.directory.models import Role
from tinhso.directory.testing import sign_in
from tinhso.messaging.actions import deliver_due
from tinhso.messaging.tests.test_messages import official, say
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_reading_and_keeping(client, open_screen, chau, postman, size, scheme):
    message = say(chau)
    deliver_due(at=datetime(2024, 4, 15, 3, tzinfo=UTC))
    page = open_screen(size, scheme)
    site = answered_by(page, client)

    def looks_right(address):
        visit(page, f"{site}{address}")
        assert (address, axe_violations(page), page.faults, too_wide(page)) == (address, [], [], False)

    sign_in(client, chau)
    looks_right(reverse("notices"))
    looks_right(message.get_absolute_url())
    sign_in(client, official(Role.OPERATOR))
    looks_right(reverse("undelivered-notices") + "?state=not_connected")
    sign_in(client, official(Role.CATALOGUER))
    looks_right(reverse("message-templates"))
    looks_right(reverse("message-template", args=["fee-paid"]))
