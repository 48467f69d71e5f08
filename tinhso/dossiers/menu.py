"""Where dossiers stand in the menus."""

from django.utils.translation import gettext_lazy as _

from tinhso.directory.access import hats, roles
from tinhso.directory.models import Role
from tinhso.dossiers.access import HANDLERS, can_see_figures, desks_of, visible_dossiers
from tinhso.dossiers.models import Status
from tinhso.kernel.menu import Entry, add


def _handles(person) -> bool:
    return any(hat.role in HANDLERS for hat in hats(person))


def _waiting_for(person) -> int | None:
    """Return how many of a citizen's dossiers wait for them, or nothing."""
    if not getattr(person, "is_citizen", False):
        return None
    return visible_dossiers(person).filter(status__in=[Status.SUPPLEMENT, Status.FEE])[:100].count() or None


add(Entry("citizen", _("Hồ sơ"), "my-dossiers", "clipboard-list", order=20, count=_waiting_for))
add(Entry("citizen", _("Tra cứu"), "find-dossier", "search", order=30))
add(Entry("officer", _("Bàn làm việc"), "desk", "inbox", order=10, shown=_handles))
add(Entry("officer", _("Nhận hồ sơ tại quầy"), "counter", "plus", order=20, shown=lambda person: bool(desks_of(person))))
add(Entry("leader", _("Ký nhiều kết quả"), "sign-many", "signature", order=10, shown=lambda person: Role.LEADER in roles(person)))
add(Entry("officer", _("Tìm hồ sơ"), "desk-search", "search", order=30, shown=lambda person: bool(hats(person))))
add(Entry("officer", _("Báo cáo"), "figures", "chart-bar", order=40, shown=lambda person: can_see_figures(person) != set()))
