"""The tree of agencies on a chosen day, and one unit with its codes, members, predecessors and successors."""

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Unit
from tinhso.directory.queries import holders_of, origins_of, successors_of, tree_on
from tinhso.directory.views.forms import DATES

AGENCIES = [Unit.Kind.PROVINCE, Unit.Kind.DEPARTMENT, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE, Unit.Kind.CENTRE]


def _day(text: str) -> date | None:
    for pattern in DATES:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    return None


@officer_page
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    typed = request.GET.get("ngay", "")
    day = _day(typed) if typed else localdate()
    code = request.GET.get("ma", "").strip()[:35]
    tops: list[Unit] = []
    path: list[Unit] = []
    for unit in tree_on(day, kinds=AGENCIES) if day else []:
        unit.below = []  # type: ignore[attr-defined]
        del path[unit.depth :]  # type: ignore[attr-defined]
        (path[-1].below if path else tops).append(unit)  # type: ignore[attr-defined]
        path.append(unit)
    context = {
        "day": day or localdate(),
        "typed": typed,
        "error": "" if day else "Xin nhập ngày dạng ngày/tháng/năm, ví dụ 01/07/2025.",
        "tops": tops,
        "code": code,
        "holders": [*holders_of("gso", code), *holders_of("qd20", code), *holders_of("qcvn102", code)] if code else [],
    }
    return render(request, "directory/units.html", context, status=200 if day else 422)


@officer_page
@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.select_related("parent", "agency"), pk=pk)
    today = localdate()
    context = {
        "unit": unit,
        "codes": unit.codes.order_by("system", "valid_from"),
        "members": Unit.objects.filter(agency=unit).exclude(pk=unit.pk).order_by("kind", "sort_name"),
        "origins": origins_of(unit),
        "successions": unit.successions.select_related("successor").order_by("on", "successor__sort_name"),
        "present": [] if unit.exists_on(today) else successors_of(unit, today),
        "today": today,
    }
    return render(request, "directory/unit.html", context)
