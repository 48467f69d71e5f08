"""For the tests of this room and of those above."""

from datetime import date

from tinhso.directory.models import Unit
from tinhso.payments.models import BankAccount


def open_account(agency: Unit | None = None, number: str = "49000000000001") -> BankAccount:
    """Return an account where money may go; without an agency, everybody's."""
    return BankAccount.objects.create(
        agency=agency,
        bank_bin="970415",
        bank_name="Ngân hàng minh họa",
        number=number,
        holder="KHO BAC NHA NUOC TINH",
        valid_from=date(2020, 1, 1),
    )
