"""Carrying out a reorganisation: units begin and end on a day, people and open work pass to the successors.

Nothing of the past is rewritten: old units, codes and posts get a last day, new rows stand beside them.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from tinhso.directory.access import can_administer
from tinhso.directory.events import UnitsReorganised, UnitSucceeded
from tinhso.directory.models import Person, Post, Succession, Unit, UnitCode
from tinhso.directory.reorganisation import Beginning, Code, Origin, Plan
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import draft, record
from tinhso.kernel.models import Event


@dataclass
class Outcome:
    """What a reorganisation changed; a second run changes nothing."""

    on: str
    document: str
    units_begun: int = 0
    units_ended: int = 0
    codes_given: int = 0
    successions: int = 0
    posts_moved: int = 0
    announced: int = 0
    elsewhere: int = 0
    warnings: list[str] = field(default_factory=list)

    def as_dict(self) -> dict:
        return asdict(self)

    @property
    def changed(self) -> bool:
        return bool(self.units_begun or self.units_ended or self.codes_given or self.successions or self.posts_moved)


@transaction.atomic
def reorganise(plan: Plan, *, by: Person | None, at: datetime, today: date) -> Outcome:
    """Carry out a plan; `by` is None when an operator does it from the command line."""
    require(by is None or can_administer(by))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('directory.reorganise'))")
    work = _Reorganisation(plan, Outcome(f"{plan.on:%Y-%m-%d}", plan.document, elsewhere=plan.elsewhere, warnings=list(plan.warnings)))
    outcome = work.run()
    if outcome.changed:
        top = next(iter(work.begun.values()))
        announced = UnitsReorganised(
            f"{plan.on:%d/%m/%Y}", plan.document, outcome.units_begun, outcome.units_ended, outcome.successions, outcome.posts_moved
        )
        record(announced, on=top, by=by, at=at)
    outcome.announced = announce_successions(today=today, by=by, at=at)
    return outcome


@transaction.atomic
def announce_successions(*, today: date, by: Person | None, at: datetime) -> int:
    """Tell the other rooms of every succession whose day has come, once; a reorganisation may be loaded weeks before."""
    due = list(Succession.objects.select_for_update().filter(on__lte=today, announced_at=None).select_related("predecessor").order_by("pk"))
    Event.objects.bulk_create(
        [
            draft(
                UnitSucceeded(row.predecessor_id, row.successor_id, row.on.isoformat(), row.partly, row.takes_open_work),
                on=row.predecessor,
                by=by,
                at=at,
            )
            for row in due
        ],
        batch_size=500,
    )
    Succession.objects.filter(pk__in=[row.pk for row in due]).update(announced_at=at)
    return len(due)


class _Reorganisation:
    def __init__(self, plan: Plan, outcome: Outcome):
        self.plan, self.outcome, self.on = plan, outcome, plan.on
        day_before = plan.on - timedelta(days=1)
        self.before = self._held(day_before)
        self.now = self._held(plan.on, began=True)
        self.begun: dict[Code, Unit] = {}
        self.pairs = set(Succession.objects.filter(on=plan.on).values_list("predecessor_id", "successor_id"))

    def _held(self, day: date, *, began: bool = False) -> dict[Code, Unit]:
        rows = UnitCode.objects.held_on(day).select_related("unit")
        if began:
            rows = rows.filter(valid_from=day)
        return {Code(row.system, row.code): row.unit for row in rows}

    def run(self) -> Outcome:
        for beginning in self.plan.beginnings:
            self.begun[beginning.code] = self._begin(beginning)
        # Parents may be named after their children in the file.
        for beginning in self.plan.beginnings:
            self._place(beginning)
        taken: dict[int, list[tuple[Origin, Unit]]] = {}
        for beginning in self.plan.beginnings:
            for origin in beginning.origins:
                old = self.before.get(origin.code)
                if old is None:
                    self.outcome.warnings.append(f"{origin.code} {origin.name}: không có đơn vị nào mang mã này trước ngày sắp xếp.")
                elif old.pk != self.begun[beginning.code].pk:
                    taken.setdefault(old.pk, []).append((origin, self.begun[beginning.code]))
        # Members first need every agency that takes others in.
        for beginning in self.plan.beginnings:
            self._furnish(beginning)
        olds = {unit.pk: unit for unit in self.before.values()}
        for key, successors in taken.items():
            self._pass_on(olds[key], successors)
        self._look_for_orphans()
        return self.outcome

    def _look_for_orphans(self) -> None:
        """Report agencies that go on under a parent that ended: the next file will place them, or somebody forgot them."""
        orphans = Unit.objects.on(self.on).agencies().filter(parent__valid_to__lte=self.on).order_by("sort_name")
        names = [unit.name for unit in orphans]
        if names:
            self.outcome.warnings.append(
                f"{len(names)} cơ quan còn hiệu lực mà cấp trên đã kết thúc: {', '.join(names[:5])}{'…' if len(names) > 5 else ''}."
            )

    # -- what begins -----------------------------------------------------

    def _begin(self, beginning: Beginning) -> Unit:
        """Return the new unit; the one made by an earlier run if there is one."""
        if beginning.continues:
            if beginning.code not in self.before:
                raise Refused(f"{beginning.code} {beginning.name}: không có đơn vị nào mang mã này để tiếp tục.")
            return self.before[beginning.code]
        unit = self.now.get(beginning.code)
        if unit is None:
            if beginning.kind not in Unit.Kind.values:
                raise Refused(f"{beginning.code} {beginning.name}: không có loại đơn vị “{beginning.kind}”.")
            unit = Unit(kind=beginning.kind, name=beginning.name, short_name=beginning.short_name, valid_from=self.on)
            unit.save()
            unit.agency = unit
            unit.save(update_fields=["agency"])
            self.outcome.units_begun += 1
        for code in (beginning.code, *beginning.codes):
            self._give(code, unit, beginning.note if code != beginning.code else "")
        return unit

    def _give(self, code: Code, unit: Unit, note: str) -> None:
        # Whoever held it before loses it on the day: communes re-use the codes of those they were made of.
        UnitCode.objects.filter(system=code.system, code=code.value, valid_from__lt=self.on).filter(
            Q(valid_to=None) | Q(valid_to__gt=self.on)
        ).update(valid_to=self.on)
        _, made = UnitCode.objects.get_or_create(
            system=code.system, code=code.value, valid_from=self.on, defaults={"unit": unit, "note": note}
        )
        self.outcome.codes_given += made

    def _place(self, beginning: Beginning) -> None:
        unit = self.begun[beginning.code]
        if beginning.parent is None or beginning.continues or unit.parent_id:
            return
        parent = self.begun.get(beginning.parent) or self._held(self.on).get(beginning.parent)
        if parent is None:
            raise Refused(f"{beginning.code} {beginning.name}: không có đơn vị cấp trên {beginning.parent}.")
        unit.parent = parent
        unit.save(update_fields=["parent"])

    def _furnish(self, beginning: Beginning) -> None:
        """Give a new agency its divisions and its desk."""
        unit = self.begun[beginning.code]
        if beginning.continues or Unit.objects.filter(agency=unit).exclude(pk=unit.pk).exists():
            return
        divisions = beginning.divisions if beginning.divisions is not None else self._inherited(beginning)
        for name, fields in divisions:
            self._member(unit, Unit.Kind.DIVISION, name, fields, unit)
        self._member(unit, Unit.Kind.DESK, beginning.desk or f"Bộ phận Một cửa {unit.name}", (), self._desk_parent(beginning, unit))

    def _member(self, agency: Unit, kind: str, name: str, fields: Iterable[str], parent: Unit) -> None:
        Unit(kind=kind, name=name, agency=agency, parent=parent, fields=list(fields), valid_from=self.on).save()
        self.outcome.units_begun += 1

    def _inherited(self, beginning: Beginning) -> list[tuple[str, tuple[str, ...]]]:
        """Return the divisions of the units it comes from, those of one name joined."""
        joined: dict[str, list[str]] = {}
        for origin in beginning.origins:
            old = self.before.get(origin.code)
            if old is None or (origin.partly and not origin.divisions and not origin.takes_open_work):
                continue
            for member in self._members(old):
                if member.kind == Unit.Kind.DIVISION and self._comes(member, origin):
                    known = joined.setdefault(member.name, [])
                    known += [name for name in member.fields if name not in known]
        return [(name, tuple(fields)) for name, fields in joined.items()]

    def _comes(self, member: Unit, origin: Origin) -> bool:
        """Tell whether a division goes where this origin says: by name, or because all unnamed ones do."""
        named_elsewhere = {
            name
            for beginning in self.plan.beginnings
            for other in beginning.origins
            if other.code == origin.code and other != origin
            for name in other.divisions
        }
        if origin.divisions and not origin.takes_open_work:
            return member.name in origin.divisions
        return member.name not in named_elsewhere

    def _desk_parent(self, beginning: Beginning, unit: Unit) -> Unit:
        """Return where the new desk stands: in the successor of the centre in which the old one stood."""
        for origin in beginning.origins:
            old = self.before.get(origin.code)
            desk = next((member for member in self._members(old) if member.kind == Unit.Kind.DESK), None) if old else None
            if old is None or desk is None or desk.parent_id == old.pk:
                continue
            for other in self.plan.beginnings:
                if any(one.code in self.before and self.before[one.code].pk == desk.parent_id for one in other.origins):
                    return self.begun[other.code]
        return unit

    def _members(self, agency: Unit) -> list[Unit]:
        if not hasattr(self, "_by_agency"):
            self._by_agency: dict[int | None, list[Unit]] = {}
            for member in Unit.objects.on(self.on - timedelta(days=1)).filter(kind__in=[Unit.Kind.DIVISION, Unit.Kind.DESK]).order_by("pk"):
                self._by_agency.setdefault(member.agency_id, []).append(member)
        return self._by_agency.get(agency.pk, [])

    # -- what ends -------------------------------------------------------

    def _pass_on(self, old: Unit, successors: list[tuple[Origin, Unit]]) -> None:
        """End a unit with its divisions and desk, and hand its people to those who take its work."""
        if old.valid_to is not None and old.valid_to != self.on:
            self.outcome.warnings.append(f"{old}: đã kết thúc ngày {old.valid_to:%d/%m/%Y}, không ghi thêm.")
            return
        for origin, new in successors:
            self._succeed(old, new, partly=origin.partly, takes_open_work=bool(origin.takes_open_work) and not origin.stays)
        if any(origin.stays for origin, _ in successors):
            return
        taker = next(new for origin, new in successors if origin.takes_open_work)
        destinations: dict[int, Unit] = {old.pk: taker}
        for member in self._members(old):
            agency = next((new for origin, new in successors if member.name in origin.divisions), taker)
            destinations[member.pk] = self._counterpart(member, agency)
            self._succeed(member, destinations[member.pk], partly=False, takes_open_work=True)
        ending = [old, *self._members(old)]
        self.outcome.units_ended += Unit.objects.filter(pk__in=[unit.pk for unit in ending], valid_to=None).update(valid_to=self.on)
        UnitCode.objects.filter(unit=old).filter(Q(valid_to=None) | Q(valid_to__gt=self.on)).update(valid_to=self.on)
        self._move_posts(destinations)

    def _succeed(self, old: Unit, new: Unit, *, partly: bool, takes_open_work: bool) -> None:
        if (old.pk, new.pk) not in self.pairs:
            Succession.objects.create(predecessor=old, successor=new, on=self.on, partly=partly, takes_open_work=takes_open_work)
            self.pairs.add((old.pk, new.pk))
            self.outcome.successions += 1

    def _counterpart(self, member: Unit, agency: Unit) -> Unit:
        """Return the member of the new agency that does the work of an old one: desk for desk, else by name, else by field."""
        if not hasattr(self, "_of_now"):
            self._of_now: dict[int | None, list[Unit]] = {}
            for unit in Unit.objects.on(self.on).filter(kind__in=[Unit.Kind.DIVISION, Unit.Kind.DESK]).order_by("pk"):
                self._of_now.setdefault(unit.agency_id, []).append(unit)
        candidates = [unit for unit in self._of_now.get(agency.pk, []) if unit.kind == member.kind]
        if not candidates:
            return agency
        return max(candidates, key=lambda unit: (unit.name == member.name, len(set(unit.fields) & set(member.fields))))

    def _move_posts(self, destinations: dict[int, Unit]) -> None:
        """End the posts of the old units and give the same people the same roles in the new ones."""
        posts = list(
            Post.objects.filter(unit_id__in=destinations, valid_from__lt=self.on).filter(Q(valid_to=None) | Q(valid_to__gt=self.on))
        )
        new = {
            (post.person_id, destinations[post.unit_id].pk, post.role): Post(
                person_id=post.person_id,
                unit=destinations[post.unit_id],
                role=post.role,
                title=post.title,
                valid_from=self.on,
                valid_to=post.valid_to,
            )
            for post in posts
        }
        Post.objects.bulk_create(new.values(), batch_size=500, ignore_conflicts=True)
        Post.objects.filter(pk__in=[post.pk for post in posts]).update(valid_to=self.on)
        self.outcome.posts_moved += len(posts)
