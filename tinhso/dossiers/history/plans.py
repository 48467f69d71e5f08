"""Who files what where: the mix of a province, by agency and procedure."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tinhso.directory.models import AGENCY_ROLES, Post, Unit, UnitCode
from tinhso.dossiers.models import Dossier
from tinhso.dossiers.queries.agencies import solving_agencies
from tinhso.dossiers.queries.deadlines import terms_of
from tinhso.dossiers.queries.places import desk_of, unit_for
from tinhso.kernel.errors import Refused
from tinhso.procedures.definition import Limit, TimeUnit
from tinhso.procedures.models import ProcedureVersion

# Dossiers a year where nothing is known: a commune's median, a district's and a department's mean in Quảng Nam.
USUAL = {Unit.Kind.COMMUNE: 519, Unit.Kind.DISTRICT: 3_200, Unit.Kind.DEPARTMENT: 6_000}
DAYS = {TimeUnit.HOUR: 1 / 8, TimeUnit.WORKING_DAY: 1.4, TimeUnit.CALENDAR_DAY: 1.0, TimeUnit.MONTH: 30.4}


@dataclass(frozen=True)
class PlannedStep:
    key: str
    name: str
    does: str
    unit_id: int
    role: str
    person_id: int
    # Shares of the time that are over when the step begins and ends.
    begins: float
    ends: float


@dataclass(frozen=True)
class Plan:
    """One procedure at one agency: what its dossiers have in common."""

    version_id: int
    procedure_id: int
    desk_id: int
    agency_id: int
    clerk_id: int
    leader_id: int
    name: str
    field: str
    series: str
    calendar_days: float
    papers: tuple[tuple[str, str], ...]
    steps: tuple[PlannedStep, ...]
    weight: float


class Province:
    """Desks, posts and places of the province on a day, looked up once."""

    def __init__(self, day: date):
        self.day = day
        self.desks: dict[int, Unit | None] = {}
        self.places: dict[tuple[int, str], Unit | None] = {}
        self.holders: dict[tuple[int, str], int] = {}
        for post in Post.objects.filter(valid_from__lte=day).select_related("unit").order_by("pk"):
            where = post.unit.agency_id or post.unit_id if post.role in AGENCY_ROLES else post.unit_id
            self.holders.setdefault((where, post.role), post.person_id)
        codes = UnitCode.objects.filter(system=UnitCode.System.QD20, valid_from__lte=day).order_by("valid_from")
        self.series = {code.unit_id: code.code for code in codes}
        self.gso = {code.unit_id: code.code for code in UnitCode.objects.filter(system=UnitCode.System.GSO)}

    def desk(self, agency: Unit) -> Unit | None:
        if agency.pk not in self.desks:
            self.desks[agency.pk] = desk_of(agency, self.day)
        return self.desks[agency.pk]

    def place(self, place: str, agency: Unit, desk: Unit) -> Unit | None:
        key = (agency.pk, place)
        if key not in self.places:
            try:
                self.places[key] = unit_for(place, Dossier(solving_agency=agency, receiving_unit=desk), self.day)
            except Refused:
                self.places[key] = None
        return self.places[key]


def plans(day: date, caseload: Path | None = None) -> list[Plan]:
    """Return every procedure that can be filed at every agency that solves it, weighed by how much is filed there."""
    province = Province(day)
    load = yearly_load(province, caseload)
    by_agency: dict[int, list[tuple[ProcedureVersion, Unit]]] = defaultdict(list)
    for version in ProcedureVersion.objects.on(day).fileable().select_related("procedure").order_by("pk"):
        for agency in solving_agencies(version.definition, day):
            by_agency[agency.pk].append((version, agency))
    # The same province every time.
    chance = random.Random(20240401)  # noqa: S311
    found = []
    for pairs in by_agency.values():
        chance.shuffle(pairs)
        # A few procedures make most of the work of an office.
        shares = [1 / rank for rank in range(1, len(pairs) + 1)]
        for (version, agency), share in zip(pairs, shares, strict=True):
            plan = _plan(version, agency, province, load(agency) * share / sum(shares))
            if plan:
                found.append(plan)
    return found


def yearly_load(province: Province, caseload: Path | None):
    """Return how many dossiers a year an agency gets: published counts where there are any."""
    known: dict[str, float] = {}
    path = caseload / "quangnam_danang_dossiers_by_unit.csv" if caseload else None
    if path and path.exists():
        with path.open(encoding="utf-8") as file:
            known = {row["code"]: float(row["dossiers_2024"] or 0) for row in csv.DictReader(file) if row["code"]}

    def load(agency: Unit) -> float:
        return known.get(province.gso.get(agency.pk, ""), 0) or USUAL.get(Unit.Kind(agency.kind), 1_000)

    return load


def _plan(version: ProcedureVersion, agency: Unit, province: Province, weight: float) -> Plan | None:
    desk, definition = province.desk(agency), version.definition
    series = province.series.get(agency.pk)
    if desk is None or series is None:
        return None
    steps = list(_steps(version, agency, desk, province))
    clerk = province.holders.get((desk.pk, "clerk"))
    leader = province.holders.get((agency.pk, "leader"))
    if len(steps) != len(definition.route) or clerk is None or leader is None:
        return None
    terms = terms_of(definition, "online")
    limits = [phase.limit for phase in terms.phases if phase.limit] if terms else []
    papers = definition.cases[0].papers[:2] if definition.cases else []
    return Plan(
        version.pk,
        version.procedure_id,
        desk.pk,
        agency.pk,
        clerk,
        leader,
        definition.name[:500],
        definition.field,
        series,
        sum(map(_calendar_days, limits)) or 5.0,
        tuple((paper.key, paper.name[:500]) for paper in papers),
        tuple(steps),
        weight,
    )


def _calendar_days(limit: Limit) -> float:
    return limit.amount * DAYS[limit.unit]


def _steps(version: ProcedureVersion, agency: Unit, desk: Unit, province: Province) -> Iterator[PlannedStep]:
    """Yield the steps one after the other: a past has no need of parallel ones."""
    route = version.definition.route
    total = sum(step.share or 1 for step in route if step.does != "return") or 1
    passed = 0.0
    for step in route:
        unit = province.place(step.unit, agency, desk)
        if unit is None:
            return
        holder = province.holders.get((unit.pk, step.role)) or province.holders.get((unit.agency_id or unit.pk, step.role))
        if holder is None:
            return
        share = 0.0 if step.does == "return" else (step.share or 1) / total
        yield PlannedStep(step.key, step.name, step.does, unit.pk, step.role, holder, passed, passed + share)
        passed += share
