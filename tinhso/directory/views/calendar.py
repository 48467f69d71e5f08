"""The working calendar of a year: days off, days worked, shifts; of all, or of one agency."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.access import administered_units, can_administer_province, can_keep_calendar
from tinhso.directory.actions.calendar import remove_calendar_day, set_calendar_day, set_office_hours, swap_calendar_days
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Unit
from tinhso.directory.views.forms import Day, attempt
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.errors import Refused
from tinhso.kernel.models import CalendarDay, OfficeHours
from tinhso.kernel.working_time import WEEKDAYS

ANNOUNCEMENT = gettext_lazy("Văn bản")


class DayForm(forms.Form):
    day = Day(label=gettext_lazy("Ngày"))
    kind = forms.ChoiceField(choices=[("off", gettext_lazy("Nghỉ")), ("extra", gettext_lazy("Làm việc"))], label=gettext_lazy("Là ngày"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Lý do"))
    announcement = forms.CharField(max_length=200, required=False, label=ANNOUNCEMENT)


class SwapForm(forms.Form):
    off = Day(label=gettext_lazy("Nghỉ ngày"))
    worked = Day(label=gettext_lazy("Làm bù ngày"))
    reason = forms.CharField(max_length=200, label=gettext_lazy("Lý do"))
    announcement = forms.CharField(max_length=200, required=False, label=ANNOUNCEMENT)


class HoursForm(forms.Form):
    valid_from = Day(label=gettext_lazy("Áp dụng từ ngày"))
    morning_start = forms.TimeField(label=gettext_lazy("Sáng từ"), input_formats=["%H:%M"])
    morning_end = forms.TimeField(label=gettext_lazy("Sáng đến"), input_formats=["%H:%M"])
    afternoon_start = forms.TimeField(label=gettext_lazy("Chiều từ"), input_formats=["%H:%M"])
    afternoon_end = forms.TimeField(label=gettext_lazy("Chiều đến"), input_formats=["%H:%M"])
    announcement = forms.CharField(max_length=200, required=False, label=ANNOUNCEMENT)


@require_safe
@officer_page
def index(request: PersonRequest) -> HttpResponse:
    return _show(request, _agency(request, request.GET.get("co-quan", "")))


@require_POST
@officer_page
def add_day(request: PersonRequest) -> HttpResponse:
    agency, form = _agency(request, request.POST.get("co-quan", "")), DayForm(request.POST, auto_id="day-%s")

    def act(facts: dict[str, Any]) -> Any:
        return set_calendar_day(_key(agency), facts.pop("day"), **facts, by=request.person, at=now())

    return _do(request, agency, "day", form, act, _("Đã ghi ngày vào lịch."))


@require_POST
@officer_page
def swap(request: PersonRequest) -> HttpResponse:
    agency, form = _agency(request, request.POST.get("co-quan", "")), SwapForm(request.POST, auto_id="swap-%s")

    def act(facts: dict[str, Any]) -> Any:
        swap_calendar_days(_key(agency), **facts, by=request.person, at=now())
        return True

    return _do(request, agency, "swap", form, act, _("Đã hoán đổi ngày làm việc."))


@require_POST
@officer_page
def hours(request: PersonRequest) -> HttpResponse:
    agency, form = _agency(request, request.POST.get("co-quan", "")), HoursForm(request.POST, auto_id="hours-%s")

    def act(facts: dict[str, Any]) -> Any:
        shifts = ((facts["morning_start"], facts["morning_end"]), (facts["afternoon_start"], facts["afternoon_end"]))
        common = {name: facts[name] for name in ("valid_from", "announcement")}
        return set_office_hours(_key(agency), shifts=shifts, **common, by=request.person, at=now())

    return _do(request, agency, "hours", form, act, _("Đã ghi giờ làm việc."))


@require_POST
@officer_page
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CalendarDay, pk=pk)
    if not can_keep_calendar(request.person, row.agency_id):
        raise Http404
    try:
        remove_calendar_day(row, reason=request.POST.get("reason", ""), by=request.person, at=now())
        messages.success(request, _("Đã bỏ ngày khỏi lịch."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect(_address(row.agency_id, row.day.year))


def _agency(request: PersonRequest, typed: str) -> Unit | None:
    """Return the agency whose calendar is kept; None: everybody's. Who may keep neither finds nothing."""
    if not typed and can_administer_province(request.person):
        return None
    choices = administered_units(request.person).agencies()
    agency = (
        choices.filter(pk=int(typed)).first() if typed.isdigit() else choices.order_by("kind", "sort_name").first() if not typed else None
    )
    if agency is None or not can_keep_calendar(request.person, agency.pk):
        raise Http404
    return agency


def _key(agency: Unit | None) -> int | None:
    return agency.pk if agency else None


def _address(agency_id: int | None, year: int) -> str:
    return f"{reverse('calendar')}?nam={year}" + (f"&co-quan={agency_id}" if agency_id else "")


def _do(
    request: PersonRequest, agency: Unit | None, name: str, form: forms.Form, act: Callable[[dict[str, Any]], Any], done: str
) -> HttpResponse:
    if form.is_valid() and attempt(form, lambda: act(dict(form.cleaned_data)) or True):
        messages.success(request, done)
        year = next(form.cleaned_data[name].year for name in ("day", "off", "valid_from") if name in form.cleaned_data)
        return redirect(_address(_key(agency), year))
    return _show(request, agency, {name: form})


def _show(request: PersonRequest, agency: Unit | None, refused: dict[str, forms.Form] | None = None) -> HttpResponse:
    typed = request.GET.get("nam", "")
    today = localdate()
    year = int(typed) if typed.isdigit() and 2000 <= int(typed) <= 2100 else today.year
    rows = CalendarDay.objects.filter(agency_id=_key(agency), day__year=year).order_by("day")
    days = [(row, WEEKDAYS[row.day.weekday()], row.day >= today) for row in rows]
    empty = {"day": DayForm(auto_id="day-%s"), "swap": SwapForm(auto_id="swap-%s"), "hours": HoursForm(auto_id="hours-%s")}
    agencies = administered_units(request.person).agencies().on(today).order_by("kind", "sort_name")
    everybody = [("", _("Tất cả cơ quan"))] if can_administer_province(request.person) else []
    context = {
        "agency": agency,
        "year": year,
        "years": [year - 1, year + 1],
        "days": days,
        "hours": OfficeHours.objects.filter(agency_id=_key(agency)).order_by("-valid_from"),
        "now_open": calendar_for(_key(agency)).shifts,
        "choices": everybody + [(str(unit.pk), unit.name) for unit in agencies],
        "forms": empty | (refused or {}),
    }
    return render(request, "directory/calendar.html", context, status=422 if refused else 200)
