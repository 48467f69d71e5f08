"""Where messages stand in the menus."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.menu import Entry, add
from tinhso.messaging.access import can_operate, can_word
from tinhso.messaging.queries import unread_count


def _has_an_account(person) -> bool:
    return person.is_authenticated


def _unread(person) -> int | None:
    """Return the number beside the bell; nothing beats a nought."""
    return unread_count(person) or None


for audience in ("citizen", "officer"):
    add(Entry(audience, _("Thông báo"), "notices", "bell", order=40, shown=_has_an_account, count=_unread))
add(Entry("operator", _("Thông báo chưa gửi được"), "undelivered-notices", "mail", order=60, shown=can_operate))
add(Entry("administrator", _("Mẫu thông báo"), "message-templates", "file-text", order=60, shown=can_word))
