"""Report II.06 on the screen: every figure leads to its dossiers; the same as a sheet and on paper."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Unit
from tinhso.dossiers.access import can_see_figures
from tinhso.dossiers.measures import average_days, percent, progress_ratio, progress_score
from tinhso.dossiers.printing.figures import report_pdf, report_sheet
from tinhso.dossiers.queries.figure_lists import LABELS, dossiers_behind
from tinhso.dossiers.queries.figures import Figures, Scope, Window
from tinhso.dossiers.queries.report import BY_AGENCY, BY_FIELD, COLUMNS, Report, ReportRow, report, usual_period
from tinhso.dossiers.rules.answers import read_day
from tinhso.kernel.measures import Period
from tinhso.procedures.models import ProcedureVersion

PAGE = 50
# The chart shows as many of the largest rows; the table beside it has all.
BARS = 12
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUPINGS = {BY_FIELD: "Theo lĩnh vực (06a)", BY_AGENCY: "Theo cơ quan (06b)"}


@dataclass(frozen=True)
class Asked:
    """What a report was asked for, as far as the person may see it."""

    agencies: list[Unit]
    agency: Unit | None
    period: Period
    field: str
    grouping: str

    @property
    def within(self) -> Scope:
        chosen = [self.agency] if self.agency else self.agencies
        return Scope.of([unit.pk for unit in chosen], field=self.field)

    @property
    def first_day(self) -> str:
        return f"{self.period.first:%d/%m/%Y}"

    @property
    def last_day(self) -> str:
        return f"{self.period.last:%d/%m/%Y}"

    def query(self, **changes: str) -> str:
        words = {
            "co-quan": str(self.agency.pk) if self.agency else "",
            "tu": self.period.first.isoformat(),
            "den": self.period.last.isoformat(),
            "linh-vuc": self.field,
            "nhom": self.grouping,
        }
        return urlencode({name: value for name, value in (words | changes).items() if value})


def _asked(request: PersonRequest) -> Asked:
    seen = can_see_figures(request.person)
    if seen is not None and not seen:
        raise Http404
    units = Unit.objects.agencies() if seen is None else Unit.objects.filter(pk__in=seen)
    agencies = list(units.order_by("kind", "sort_name"))
    wanted = request.GET.get("co-quan", "")
    agency = next((unit for unit in agencies if str(unit.pk) == wanted), None)
    if wanted and agency is None:
        raise Http404
    if len(agencies) == 1:
        agency = agencies[0]
    usual = usual_period(localdate())
    first, last = _day(request, "tu", usual.first), _day(request, "den", usual.last)
    grouping = request.GET.get("nhom", "")
    if grouping not in GROUPINGS:
        grouping = BY_FIELD if agency else BY_AGENCY
    return Asked(agencies, agency, Period(min(first, last), max(first, last)), request.GET.get("linh-vuc", "")[:200], grouping)


def _day(request: PersonRequest, name: str, otherwise: date) -> date:
    return read_day(request.GET.get(name, "")) or otherwise


@officer_page
@require_safe
def figures(request: PersonRequest) -> HttpResponse:
    asked = _asked(request)
    found = report(asked.period, now=now(), within=asked.within, grouping=asked.grouping)
    context = {
        "asked": asked,
        "report": found,
        "columns": COLUMNS,
        "levels": [(level, [_line(asked, row) for row in rows]) for level, rows in found.levels],
        "total": [(value, _behind(asked, None, name)) for name, value in ReportRow("", "", "", found.total).cells],
        "tiles": _tiles(asked, found.total),
        "bars": _bars(found),
        "agencies": [("", _("Tất cả cơ quan được xem")), *((str(unit.pk), unit.name) for unit in asked.agencies)]
        if len(asked.agencies) > 1
        else [],
        "chosen": str(asked.agency.pk) if asked.agency else "",
        "fields": [("", _("Mọi lĩnh vực")), *((name, name) for name in _fields())],
        "groupings": list(GROUPINGS.items()),
        "query": asked.query(),
    }
    return render(request, "dossiers/figures.html", context)


def _fields() -> list[str]:
    fileable = ProcedureVersion.objects.fileable().order_by("field").values_list("field", flat=True)
    return list(dict.fromkeys(fileable))


def _line(asked: Asked, row: ReportRow) -> dict:
    return {"name": row.name, "cells": [(value, _behind(asked, row, name)) for name, value in row.cells]}


def _behind(asked: Asked, row: ReportRow | None, name: str) -> str:
    """Return the query of the list behind a figure."""
    narrowed = {} if row is None else {"linh-vuc": row.key} if asked.grouping == BY_FIELD else {"co-quan": row.key}
    return asked.query(**{"so-lieu": name}, **narrowed)


def _tiles(asked: Asked, total: Figures) -> list[dict]:
    in_time = percent(total.in_time, total.released, empty=percent(1, 1, empty=0))  # type: ignore[arg-type]
    days = average_days(total)
    return [
        {"label": _("Trước và đúng hạn"), "value": f"{in_time:.2f}".replace(".", ","), "unit": "%", "query": _behind(asked, None, "in_time")},
        {"label": _("Đang giải quyết, quá hạn"), "value": total.overdue, "unit": _("hồ sơ"), "query": _behind(asked, None, "overdue"), "tone": "danger" if total.overdue else ""},
        {"label": _("QĐ 766, chỉ số 2.1"), "value": f"{progress_score(total):.2f}".replace(".", ","), "unit": _("trên 20 điểm"), "note": f"{progress_ratio(total):.2f} %".replace(".", ",")},
        {"label": _("Thời gian giải quyết trung bình"), "value": f"{days:.1f}".replace(".", ",") if days is not None else "–", "unit": _("ngày")},
        {"label": _("Từ chối tiếp nhận"), "value": total.denied, "unit": _("hồ sơ"), "query": _behind(asked, None, "denied")},
        {"label": _("Dừng, rút"), "value": total.cancelled, "unit": _("hồ sơ"), "query": _behind(asked, None, "cancelled")},
    ]  # fmt: skip


def _bars(found: Report) -> list[dict]:
    """Return the largest rows as bars: places and widths in the units of the drawing, the same numbers as in the table."""
    largest = sorted(found.rows, key=lambda row: -row.figures.process)[:BARS]
    whole = max((row.figures.released + row.figures.open for row in largest), default=0) or 1
    bars = []
    for place, row in enumerate(largest):
        left, parts = 0.0, []
        for name in ("early", "on_time", "late", "within_time", "overdue"):
            value = getattr(row.figures, name)
            width = round(640 * value / whole, 1)
            parts.append({"name": name, "label": LABELS[name], "value": value, "x": f"{left:.1f}", "width": f"{width:.1f}"})
            left += width
        bars.append({"name": row.name, "y": place * 44, "parts": parts, "sum": row.figures.released + row.figures.open})
    return bars


@officer_page
@require_safe
def behind(request: PersonRequest) -> HttpResponse:
    """List the dossiers of one figure, in pages by key."""
    asked, name = _asked(request), request.GET.get("so-lieu", "")
    if name not in LABELS:
        raise Http404
    moment = now()
    dossiers = dossiers_behind(name, Window.of(asked.period, moment), now=moment, within=asked.within)
    after = request.GET.get("sau", "")
    if after.isdecimal() and len(after) < 19:
        dossiers = dossiers.filter(pk__lt=int(after))
    rows = list(dossiers.select_related("version", "solving_agency")[: PAGE + 1])
    context = {
        "asked": asked,
        "label": LABELS[name],
        "rows": rows[:PAGE],
        "next": f"?{asked.query(**{'so-lieu': name, 'sau': str(rows[PAGE - 1].pk)})}" if len(rows) > PAGE else "",
        "query": asked.query(),
    }
    return render(request, "dossiers/figure_list.html", context)


@officer_page
@require_safe
def sheet(request: PersonRequest) -> HttpResponse:
    asked = _asked(request)
    found = report(asked.period, now=now(), within=asked.within, grouping=asked.grouping)
    return _file(report_sheet(found, asked.agency, at=now()), found, SHEET, "xlsx")


@officer_page
@require_safe
def paper(request: PersonRequest) -> HttpResponse:
    asked = _asked(request)
    found = report(asked.period, now=now(), within=asked.within, grouping=asked.grouping)
    return _file(report_pdf(found, asked.agency, at=now()), found, "application/pdf", "pdf")


def _file(content: bytes, found: Report, media_type: str, ending: str) -> HttpResponse:
    name = f"bieu-{found.number.replace('.', '-')}-{found.period.first:%Y%m%d}-{found.period.last:%Y%m%d}.{ending}"
    kind = "inline" if ending == "pdf" else "attachment"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'{kind}; filename="{name}"'})
