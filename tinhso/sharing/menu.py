"""Where sharing stands in the menu."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.menu import Entry, add
from tinhso.sharing.access import can_watch
from tinhso.sharing.models import Subscription


def _silent(person) -> int | None:
    return Subscription.objects.filter(ended_at=None).exclude(suspended_at=None).count() or None


add(Entry("operator", _("Hệ thống nhận sự kiện"), "subscriptions", "send", order=80, shown=can_watch, count=_silent))
