"""Keeping the figures of months that are over."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from tinhso.dossiers.models import ClosedMonth, Dossier, FigureMonth
from tinhso.dossiers.queries.figures import (
    ALL,
    FLOWS,
    Scope,
    Window,
    count_arrivals,
    count_endings,
    kept_flows,
    merged,
    midnight,
    next_month,
)
from tinhso.kernel.working_time import ZONE


def close_months(*, at: datetime) -> list[date]:
    """Keep the figures of every month that is over and not kept yet; return those months."""
    closed = []
    for month in months_over(at):
        if not ClosedMonth.objects.filter(month=month).exists():
            keep_month(month, at=at)
            closed.append(month)
    return closed


def months_over(at: datetime) -> list[date]:
    """Return the months from the first reception to the last that is over, oldest first."""
    first = Dossier.objects.order_by("filed_at").values_list("filed_at", flat=True).first()
    if first is None:
        return []
    month, months = first.astimezone(ZONE).date().replace(day=1), []
    while midnight(next_month(month)) <= at:
        months.append(month)
        month = next_month(month)
    return months


@transaction.atomic
def keep_month(month: date, *, at: datetime, agencies: Iterable[int] | None = None) -> None:
    """Count a month from the dossiers and keep the result in place of what was kept (of some agencies, or of all)."""
    with connection.cursor() as cursor:
        # One at a time: whoever waits here counts after the other has written.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dossiers.figures'))")
    within = Scope.of(agencies)
    counted = count_month(month, within)
    within.on(FigureMonth.objects.filter(month=month)).delete()
    FigureMonth.objects.bulk_create(
        (
            FigureMonth(month=month, solving_agency_id=agency, version_id=version, **{name: getattr(found, name) for name in FLOWS})
            for (agency, version), found in counted.items()
        ),
        batch_size=2000,
    )
    ClosedMonth.objects.update_or_create(month=month, defaults={"counted_at": at})


def reopen_month(moment: datetime) -> None:
    """Count the month of a moment from the dossiers again, until it is closed anew."""
    ClosedMonth.objects.filter(month=moment.astimezone(ZONE).date().replace(day=1)).delete()


def count_month(month: date, within: Scope = ALL):
    window = Window(midnight(month), midnight(next_month(month)))
    return merged(count_arrivals(window, within), count_endings(window, within))


def wrong_months() -> list[date]:
    """Return the kept months that differ from the dossiers."""
    months = ClosedMonth.objects.order_by("month").values_list("month", flat=True)
    return [month for month in months if merged(kept_flows([month], ALL)) != count_month(month)]


def forget_months() -> None:
    """Drop what was kept: figures are then counted from the dossiers alone."""
    FigureMonth.objects.all().delete()
    ClosedMonth.objects.all().delete()
