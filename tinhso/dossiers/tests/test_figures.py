"""The figures of a period: accounting identities over any history, counted the long way as well."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.dossiers.actions.figures import close_months, forget_months, keep_month, wrong_months
from tinhso.dossiers.events import DossierTransferred
from tinhso.dossiers.models import ClosedMonth, Dossier, FigureMonth, Pause, Result, Status
from tinhso.dossiers.queries.figure_lists import LABELS, dossiers_behind
from tinhso.dossiers.queries.figures import Figures, Scope, Window, figures
from tinhso.dossiers.rules.punctuality import punctuality
from tinhso.dossiers.testing import at, publish
from tinhso.kernel.events import record
from tinhso.kernel.measures import Period

START, NOW = at("2024-01-01 00:00"), at("2024-06-01 00:00")
moments = st.integers(0, 152 * 24 * 60 - 1).map(lambda minutes: START + timedelta(minutes=minutes))
days = st.dates(date(2023, 12, 20), date(2024, 6, 10))


@st.composite
def histories(draw):
    """Draw the facts of one dossier that the database would accept."""
    filed = draw(moments)
    facts = {
        "filed_at": filed,
        "channel": draw(st.sampled_from(["online", "counter", "post"])),
        "agency": draw(st.integers(0, 1)),
        "version": draw(st.integers(0, 1)),
        "status": Status.FILED,
        "no": False,
        "pauses": [],
    }

    def later(than):
        return than + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))

    received = later(filed)
    fate = draw(st.sampled_from(["filed", "refused", "dropped", "open", "paused", "stopped", "withdrawn", "finished", "returned"]))
    if fate == "filed" or received >= NOW:
        return facts
    if fate in ("refused", "dropped"):
        return facts | {"finished_at": received, "status": Status.REFUSED if fate == "refused" else Status.WITHDRAWN}
    due = draw(st.none() | st.just(later(received)))
    facts |= {"received_at": received, "promised_at": due, "due_at": due, "status": Status.PROCESSING}
    finished = later(received)
    if draw(st.booleans()):
        start = later(received)
        end = later(start)
        if end < (finished if fate not in ("open", "paused") else NOW):
            facts["pauses"] = [(start, end)]
    if fate in ("open", "paused") or finished >= NOW:
        if fate == "paused" and not facts["pauses"]:
            start = later(received)
            if start < NOW:
                facts |= {"pauses": [(start, None)], "due_at": None, "status": Status.SUPPLEMENT}
        return facts
    facts["finished_at"] = finished
    if fate in ("stopped", "withdrawn"):
        return facts | {"status": Status.STOPPED if fate == "stopped" else Status.WITHDRAWN, "due_at": None}
    facts |= {"status": Status.FINISHED, "no": draw(st.booleans())}
    if fate == "returned":
        facts |= {"status": Status.RETURNED, "returned_at": finished}
    return facts


@pytest.fixture
def place(office):
    return [office.commune, office.neighbour], [publish(code="1.000001"), publish(code="1.000002", field="Đất đai")], office.an


def store(drawn: list[dict], place) -> None:
    agencies, versions, person = place
    rows = []
    for number, facts in enumerate(drawn):
        version = versions[facts["version"]]
        kept = {name: value for name, value in facts.items() if name not in ("agency", "version", "pauses", "no")}
        rows.append(
            Dossier(
                code=f"X-{number}",
                procedure_id=version.procedure_id,
                version=version,
                receiving_unit=agencies[0],
                solving_agency=agencies[facts["agency"]],
                applicant=person,
                owner_name="An",
                **kept,
            )
        )
    Dossier.objects.bulk_create(rows)
    for row, facts in zip(rows, drawn, strict=True):
        for start, end in facts["pauses"]:
            Pause.objects.create(dossier=row, reason=Pause.Reason.SUPPLEMENT, started_at=start, ended_at=end)
        if facts["no"]:
            Result.objects.create(
                dossier=row, name="x", grants=False, content={}, agency=row.solving_agency, drafted_by=person, drafted_at=NOW, signed_at=NOW
            )


def the_long_way(drawn: list[dict], window: Window, agency: int) -> dict[str, int]:
    """Count one dossier after the other, as a person with the register would."""
    counted: Counter[str] = Counter()
    for facts in drawn:
        if facts["agency"] != agency:
            continue
        received, finished, status = facts.get("received_at"), facts.get("finished_at"), facts["status"]
        ends_here = finished is not None and window.since <= finished < window.until
        if received is None:
            if ends_here:
                counted["denied" if status == Status.REFUSED else "dropped"] += 1
            continue
        if received >= window.until or (finished is not None and finished < window.since):
            continue
        counted["process"] += 1
        counted["carried_over" if received < window.since else facts["channel"]] += 1
        if ends_here and status in (Status.FINISHED, Status.RETURNED):
            counted[punctuality(finished, facts["due_at"]).value] += 1
            counted["unresolved"] += facts["no"]
            counted["releasing"] += status == Status.FINISHED and not facts["no"]
        elif ends_here:
            counted["stopped" if status == Status.STOPPED else "withdrawn"] += 1
        elif any(start < window.until and (end is None or end >= window.until) for start, end in facts["pauses"]):
            counted["waiting"] += 1
        else:
            due = facts["due_at"] or facts["promised_at"]
            counted["overdue" if due is not None and due <= window.until else "undue"] += 1
    return dict(counted)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(drawn=st.lists(histories(), max_size=25), first=days, length=st.integers(0, 120), closing=st.booleans())
def test_the_accounting_identities_hold_for_any_history(place, drawn, first, length, closing):
    period = Period(first, first + timedelta(days=length))
    window = Window.of(period, NOW)
    with transaction.atomic():
        store(drawn, place)
        if closing:
            close_months(at=NOW)
        found = figures(period, now=NOW)
        for number, agency in enumerate(place[0]):
            own = sum((one for (where, _), one in found.items() if where == agency.pk), Figures())
            expected = the_long_way(drawn, window, number) if window.since < window.until else {}
            names = ("process", "carried_over", "online", "counter", "post", "denied", "dropped", "early", "on_time", "late", "stopped")
            more = ("withdrawn", "unresolved", "releasing", "waiting", "undue", "overdue")
            assert {name: getattr(own, name) for name in names + more} == {name: expected.get(name, 0) for name in names + more}
            # The identities of the report, from numbers that were counted apart.
            assert own.total == own.denied + expected.get("process", 0)
            assert own.process == own.received + expected.get("carried_over", 0)
            assert own.received == own.online + own.at_desk
            assert own.process == own.released + own.processing + own.waiting + own.cancelled
            assert own.released == own.early + own.on_time + own.late == own.done + own.releasing + own.unresolved
            assert own.processing == own.undue + own.overdue
            assert own.waiting >= own.asked_in_time + own.asked_late
            within = Scope.of([agency.pk])
            if window.since < window.until:
                lists = {name: dossiers_behind(name, window, now=NOW, within=within).count() for name in LABELS}
                assert lists == {name: getattr(own, name) for name in LABELS}
        transaction.set_rollback(True)


def example(**changes) -> dict:
    """Return a dossier received on 5 March, due on 12 March and finished on 11 March."""
    facts = {
        "filed_at": at("2024-03-04 09:00"),
        "received_at": at("2024-03-05 09:00"),
        "promised_at": at("2024-03-12 09:00"),
        "due_at": at("2024-03-12 09:00"),
        "finished_at": at("2024-03-11 09:00"),
        "status": Status.FINISHED,
        "channel": "online",
        "agency": 0,
        "version": 0,
        "pauses": [],
        "no": False,
    }
    return facts | changes


def test_kept_months_give_the_figures_of_the_dossiers(place):
    part = timedelta(milliseconds=600)
    store(
        [example(finished_at=at("2024-03-11 09:00") + part), example(version=1), example(finished_at=at("2024-04-02 09:00") + part)], place
    )
    live = figures(Period(date(2024, 2, 10), date(2024, 4, 20)), now=NOW)
    assert [month.month for month in close_months(at=NOW)] == [3, 4, 5]
    assert figures(Period(date(2024, 2, 10), date(2024, 4, 20)), now=NOW) == live
    assert (wrong_months(), close_months(at=NOW)) == ([], [])


def test_a_kept_month_that_somebody_changed_is_found_and_rebuilt(place):
    store([example()], place)
    close_months(at=NOW)
    FigureMonth.objects.update(early=7)
    assert wrong_months() == [date(2024, 3, 1)]
    keep_month(date(2024, 3, 1), at=NOW)
    assert wrong_months() == []
    forget_months()
    assert (FigureMonth.objects.count(), ClosedMonth.objects.count()) == (0, 0)


def test_figures_narrow_to_agency_field_and_procedure(place):
    agencies, versions, _ = place
    store([example(), example(agency=1), example(version=1)], place)
    period = Period(date(2024, 3, 1), date(2024, 3, 31))

    def grains(**narrow):
        return set(figures(period, now=NOW, within=Scope.of(**narrow)))

    first, second = (agency.pk for agency in agencies)
    assert grains() == {(first, versions[0].pk), (second, versions[0].pk), (first, versions[1].pk)}
    assert grains(agencies=[second]) == {(second, versions[0].pk)}
    assert grains(field="Đất đai") == grains(procedure="1.000002") == {(first, versions[1].pk)}
    assert grains(agencies=[]) == set()


def test_a_period_that_has_not_begun_has_no_figures(place):
    store([example()], place)
    assert figures(Period(date(2025, 1, 1), date(2025, 1, 31)), now=NOW) == {}


def test_time_taken_is_summed_for_those_with_a_result(place):
    store([example(), example(status=Status.WITHDRAWN, due_at=None)], place)
    (only,) = figures(Period(date(2024, 3, 1), date(2024, 3, 31)), now=NOW).values()
    assert (only.seconds, only.released, only.withdrawn) == (6 * 86400, 1, 1)


def test_a_transfer_reopens_the_month_in_which_the_dossier_came(place, drain):
    store([example()], place)
    close_months(at=NOW)
    dossier = Dossier.objects.get()
    record(DossierTransferred(dossier.code, "A", "B", "Nghị quyết"), on=dossier, by=None, at=NOW)
    drain()
    assert [month.month.month for month in ClosedMonth.objects.order_by("month")] == [4, 5]
    assert close_months(at=NOW) == [date(2024, 3, 1)]
