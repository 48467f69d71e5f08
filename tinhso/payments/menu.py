"""Where payments stand in the menus."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.menu import Entry, add
from tinhso.payments.access import payments_to_reconcile, sees_reconciliation


def _waiting(person) -> int | None:
    return payments_to_reconcile(person)[:100].count() or None


add(Entry("officer", _("Đối soát thu phí"), "reconciliation", "coin", order=70, shown=sees_reconciliation, count=_waiting))
