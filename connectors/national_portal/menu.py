"""Where the synchronisation stands in the menu."""

from django.utils.translation import gettext_lazy as _

from connectors.national_portal.access import can_watch
from connectors.national_portal.models import Message
from tinhso.kernel.menu import Entry, add


def _refused(person) -> int | None:
    return Message.objects.exclude(failed_at=None)[:100].count() or None


add(Entry("operator", _("Đồng bộ Cổng quốc gia"), "portal-sync", "refresh", order=70, shown=can_watch, count=_refused))
