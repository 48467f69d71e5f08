"""The pages of money, as a browser and axe see them."""

import pytest
from django.urls import reverse

from tinhso.directory.testing import sign_in
from tinhso.payments.actions import ask_refund, record_payment, record_transfer
from tinhso.payments.bank import Transfer
from tinhso.payments.tests.conftest import AT
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_paying_and_putting_right(client, open_screen, house, size, scheme):
    request = house.ask()
    page = open_screen(size, scheme)
    site = answered_by(page, client)

    def looks_right(address):
        visit(page, f"{site}{address}")
        assert (address, axe_violations(page), page.faults, too_wide(page)) == (address, [], [], False)

    looks_right(request.get_absolute_url())
    assert page.evaluate("document.querySelector('img[src$=\"ma-qr.svg\"]').naturalWidth") > 100
    sign_in(client, house.clerk)
    looks_right(request.get_absolute_url())
    record_transfer(Transfer("FT7", "49000000000001", 5000, "nop phi", AT))
    record_payment(request, amount=30000, bank_reference="FT8", at=AT)
    ask_refund(request, amount=6000, reason="Nộp thừa", by=house.clerk, at=AT)
    looks_right(request.get_absolute_url())
    sign_in(client, house.supervisor)
    looks_right(reverse("reconciliation"))
