"""Questions about units over time. A code means nothing without a date, and every old code keeps its answer."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from tinhso.directory.models import AGENCY_ROLES, Person, Post, Succession, Unit, UnitCode


def unit_by_code(system: str, code: str, on: date) -> Unit | None:
    """Return the unit that held a code on a day, also when both have ended since."""
    found = UnitCode.objects.held_on(on).filter(system=system, code=code).select_related("unit").first()
    return found.unit if found else None


def holders_of(system: str, code: str) -> list[UnitCode]:
    """Return every unit that ever held a code, oldest first, with the days it held it."""
    return list(UnitCode.objects.filter(system=system, code=code).select_related("unit").order_by("valid_from"))


def successors_of(unit: Unit, on: date) -> list[Unit]:
    """Return the units that exist on a day in place of one: itself while it exists, several where it was split."""
    return _follow(unit, on, Succession.objects.all())


def taker_of(unit: Unit, on: date) -> Unit | None:
    """Return the one unit that has a unit's open work on a day; None where nobody took it."""
    found = _follow(unit, on, Succession.objects.filter(takes_open_work=True))
    return found[0] if found else None


def _follow(unit: Unit, on: date, steps) -> list[Unit]:
    found, front, seen = [], [unit], {unit.pk}
    while front:
        found += [one for one in front if one.exists_on(on)]
        gone = [one.pk for one in front if not one.exists_on(on)]
        following = steps.filter(predecessor__in=gone, on__lte=on).select_related("successor").order_by("partly", "successor__sort_name")
        front = []
        for step in following:
            if step.successor_id not in seen:
                seen.add(step.successor_id)
                front.append(step.successor)
    return found


def origins_of(unit: Unit) -> list[Succession]:
    """Return whom a unit took over from, and when."""
    return list(unit.origins.select_related("predecessor").order_by("on", "predecessor__sort_name"))


def tree_on(day: date, *, kinds: Iterable[str] = ()) -> list[Unit]:
    """Return the units of a day from the top down, each with its `depth` and with `code` in the statistical system."""
    units = Unit.objects.on(day).order_by("sort_name")
    if kinds:
        units = units.filter(kind__in=list(kinds))
    codes = dict(UnitCode.objects.held_on(day).filter(system=UnitCode.System.GSO).values_list("unit_id", "code"))
    below: dict[int | None, list[Unit]] = {}
    known = {unit.pk: unit for unit in units}
    for unit in known.values():
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    ordered: list[Unit] = []
    stack = [(unit, 0) for unit in reversed(below.get(None, []))]
    while stack:
        unit, depth = stack.pop()
        unit.depth, unit.code = depth, codes.get(unit.pk, "")  # type: ignore[attr-defined]
        ordered.append(unit)
        stack += [(child, depth + 1) for child in reversed(below.get(unit.pk, []))]
    return ordered


def holders(unit: Unit, role: str, day: date) -> list[Person]:
    """Return who holds a role in a unit on a day, longest in post first; agency-wide roles count anywhere in the agency."""
    place = Q(unit__agency=unit.agency_id or unit.pk) if role in AGENCY_ROLES else Q(unit=unit)
    posts = Post.objects.filter(place, role=role, valid_from__lte=day, person__is_active=True).filter(
        Q(valid_to=None) | Q(valid_to__gt=day)
    )
    return list(dict.fromkeys(post.person for post in posts.select_related("person").order_by("valid_from", "pk")))
