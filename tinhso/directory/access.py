"""Who may do what, as far as posts decide: every other area asks here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from tinhso.directory.models import Delegation, Person, PersonQuerySet, Post, Role, Unit, UnitQuerySet


@dataclass(frozen=True)
class Hat:
    """A role in a unit that a person wears on a day, by a post of their own or by delegation."""

    role: str
    unit_id: int
    agency_id: int
    post_id: int
    acting_for_id: int | None = None
    # Whoever acts by delegation signs only where the delegation says so.
    may_sign: bool = True


def hats(person: Person, day: date | None = None) -> tuple[Hat, ...]:
    """Return every hat of a person on a day; read once per request and day."""
    day = day or localdate()
    # Asked by name, not through `__dict__`: `request.user` is a wrapper, and its dictionary is not the person's.
    worn: dict[date, tuple[Hat, ...]] | None = getattr(person, "_hats", None)
    if worn is None:
        worn = {}
        person._hats = worn  # type: ignore[attr-defined]
    if day not in worn:
        worn[day] = _read_hats(person, day) if person.is_active and person.kind == Person.Kind.OFFICIAL else ()
    return worn[day]


def _read_hats(person: Person, day: date) -> tuple[Hat, ...]:
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    own = Post.objects.filter(holds, person=person).values_list("role", "unit_id", "unit__agency_id", "pk")
    found = [Hat(role, unit, agency or unit, post) for role, unit, agency, post in own]
    lent = (
        Delegation.objects.filter(delegate=person, first__lte=day, last__gte=day, revoked_at=None)
        .filter(Q(post__valid_from__lte=day) & (Q(post__valid_to=None) | Q(post__valid_to__gt=day)))
        .values_list("post__role", "post__unit_id", "post__unit__agency_id", "post_id", "post__person_id", "may_sign")
    )
    found += [Hat(role, unit, agency or unit, post, holder, may_sign) for role, unit, agency, post, holder, may_sign in lent]
    return tuple(found)


def roles(person: Person, day: date | None = None) -> set[str]:
    return {hat.role for hat in hats(person, day)}


def agencies_of(person: Person, *wanted: Role, day: date | None = None) -> set[int]:
    """Return the agencies in which the person holds one of the roles (any role if none is named)."""
    return {hat.agency_id for hat in hats(person, day) if not wanted or hat.role in wanted}


def units_of(person: Person, *wanted: Role, day: date | None = None) -> set[int]:
    return {hat.unit_id for hat in hats(person, day) if not wanted or hat.role in wanted}


def hat_for(
    person: Person, wanted: Iterable[str], *, unit_id: int | None = None, agency_id: int | None = None, day: date | None = None
) -> Hat | None:
    """Return the hat that lets the person act, an own post before a lent one; None if there is none."""
    fitting = [
        hat
        for hat in hats(person, day)
        if hat.role in wanted and (unit_id is None or hat.unit_id == unit_id) and (agency_id is None or hat.agency_id == agency_id)
    ]
    return min(fitting, key=lambda hat: hat.acting_for_id is not None, default=None)


def can_administer(person: Person) -> bool:
    """Say whether the person keeps a register of users and posts, of one agency or of all."""
    return Role.ADMINISTRATOR in roles(person)


def can_administer_province(person: Person) -> bool:
    """Say whether the person keeps the register of the whole province, outside systems included."""
    agencies = agencies_of(person, Role.ADMINISTRATOR)
    return bool(agencies) and Unit.objects.filter(pk__in=agencies, kind=Unit.Kind.PROVINCE).exists()


def administered_units(person: Person) -> UnitQuerySet:
    """Return the units, of any time, whose people the person administers: an agency, its members, its communes."""
    if can_administer_province(person):
        return Unit.objects.all()
    agencies = agencies_of(person, Role.ADMINISTRATOR)
    return Unit.objects.filter(Q(agency__in=agencies) | Q(agency__parent__in=agencies, agency__kind=Unit.Kind.COMMUNE))


def can_operate(person: Person) -> bool:
    """Say whether the person looks after the machinery, without seeing what dossiers hold."""
    return Role.OPERATOR in roles(person)


def can_keep_calendar(person: Person, agency_id: int | None) -> bool:
    """Say whether the person keeps the working calendar of an agency, or (None) the one for all."""
    if can_administer_province(person):
        return True
    return agency_id is not None and administered_units(person).filter(pk=agency_id, agency_id=agency_id).exists()


def administered_officials(person: Person) -> PersonQuerySet:
    """Return the officials that the person sees: those who hold or held a post in the administered units."""
    officials = Person.objects.officials()
    if can_administer_province(person):
        return officials
    if not can_administer(person):
        return officials.none()
    return officials.filter(Exists(Post.objects.filter(person=OuterRef("pk"), unit__in=administered_units(person))))


def can_administer_person(person: Person, other: Person) -> bool:
    """Say whether the person may touch another's account: every present post of the other is in their care, and it is not their own."""
    if person.pk == other.pk or not other.is_official or not can_administer(person):
        return False
    if can_administer_province(person):
        return True
    # Asked of the posts, not of the hats: a closed account wears none.
    day = localdate()
    held = set(other.posts.filter(Q(valid_to=None) | Q(valid_to__gt=day)).values_list("unit", flat=True))
    return bool(held) and administered_units(person).filter(pk__in=held).count() == len(held)


def is_sure_enough_to_file(person: Person) -> bool:
    """Say whether a citizen's e-ID was sure enough, at the last sign-in, for filing and not only for reading."""
    return person.is_citizen and person.is_active and person.assurance >= settings.ENV.eid_level_to_file
