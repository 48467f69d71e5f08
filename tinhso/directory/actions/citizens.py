"""Who a citizen is, and who read their data."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from tinhso.directory.events import CitizenIdentified
from tinhso.directory.models import Person, Reading
from tinhso.directory.rules import Identity, read_personal_number, read_phone, same_name
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy
from tinhso.kernel.vault import blind_index

# The same person reading the same dossier again within this time is one reading, not twenty.
ONE_READING = timedelta(minutes=15)


def citizen_for(
    number: str,
    *,
    full_name: str,
    phone: str = "",
    email: str = "",
    address: str = "",
    birth_date: date | None = None,
    field: str = "owner_number",
) -> Person:
    """Return the citizen of a personal number, made now if the house has never met them.

    A name that differs is refused: a number typed wrongly must not open somebody else's account.
    """
    checked = read_personal_number(number, birth_date=birth_date, field=field).number
    name = tidy(full_name)
    if not name:
        raise Refused("Xin nhập họ và tên.", field="owner_name")
    index = blind_index(checked, "personal-number")
    known = Person.objects.filter(kind=Person.Kind.CITIZEN, personal_number_index=index).first()
    if known is None:
        known = _meet(
            checked,
            full_name=name,
            phone=read_phone(phone) if phone else "",
            email=email,
            address=address,
            birth_date=birth_date,
        )
    if not same_name(known.full_name, name):
        raise Refused(
            "Số định danh này đã gắn với một họ tên khác trong hệ thống. Xin đối chiếu lại số và họ tên trên thẻ căn cước.",
            field=field,
            code="number-of-another",
        )
    return known


def _meet(number: str, **facts) -> Person:
    """Return the citizen of a number that nobody had a moment ago; another may have met them since."""
    person = Person(kind=Person.Kind.CITIZEN, username=f"cd-{secrets.token_hex(8)}", personal_number=number, **facts)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        return Person.objects.get(kind=Person.Kind.CITIZEN, personal_number_index=blind_index(number, "personal-number"))
    return person


@transaction.atomic
def signed_in_citizen(identity: Identity, *, at: datetime) -> Person:
    """Return the citizen whom the national e-ID vouches for: the same personal number is the same person.

    The e-ID knows the name better than whoever typed it at a counter; what a citizen told us about telephone and
    e-mail stays, unless we have nothing.
    """
    if identity.level < 1:
        raise Refused("Tài khoản định danh của bạn chưa được xác thực mức 1 nên chưa dùng được ở đây.", code="level")
    number = read_personal_number(identity.personal_number, field=None).number
    index = blind_index(number, "personal-number")
    citizens = Person.objects.select_for_update().filter(kind=Person.Kind.CITIZEN)
    person = citizens.filter(personal_number_index=index).first()
    holder = Person.objects.filter(eid_subject=identity.subject).first()
    if holder is not None and holder != person:
        raise Refused(
            "Tài khoản định danh này đã gắn với một số định danh khác. Xin liên hệ bộ phận hỗ trợ để được kiểm tra.",
            code="subject-of-another",
        )
    if person is None:
        person = citizens.get(pk=_meet(number, full_name=identity.full_name).pk)
    if not person.is_active:
        raise Refused("Tài khoản này đã ngừng hoạt động. Xin liên hệ bộ phận hỗ trợ.", code="inactive")
    changed = person.assurance != identity.level
    person.full_name, person.assurance, person.eid_subject = identity.full_name, identity.level, identity.subject
    person.birth_date = identity.birth_date or person.birth_date
    with suppress(Refused):
        person.phone = person.phone or (read_phone(identity.phone) if identity.phone else "")
    person.email = person.email or identity.email
    person.address = person.address or identity.address
    person.save()
    if changed:
        record(CitizenIdentified(identity.level), on=person, by=person, at=at)
    return person


def note_reading(
    citizen: Person, *, by: Person, what: str, purpose: str, at: datetime, agency_id: int | None = None, code: str = ""
) -> None:
    """Write down that somebody read a citizen's record, unless it is the citizen or they did so a moment ago."""
    if by.pk == citizen.pk:
        return
    # One statement: programs read hundreds of records a second, and each reading counts.
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO directory_reading (citizen_id, reader_id, agency_id, what, purpose, dossier_code, at)
            SELECT %(citizen)s, %(reader)s, %(agency)s::bigint, %(what)s::varchar, %(purpose)s, %(code)s::varchar, %(at)s
            WHERE NOT EXISTS (SELECT 1 FROM directory_reading WHERE citizen_id = %(citizen)s AND at > %(since)s
                              AND reader_id = %(reader)s AND what = %(what)s::varchar AND dossier_code = %(code)s::varchar)""",
            {
                "citizen": citizen.pk,
                "reader": by.pk,
                "agency": agency_id,
                "what": what,
                "purpose": purpose,
                "code": code,
                "at": at,
                "since": at - ONE_READING,
            },
        )


def note_readings(citizens: Iterable[Person], *, by: Person, what: str, purpose: str, at: datetime, agency_id: int | None = None) -> None:
    """Write down that somebody read a list of citizens at once (a printed register, an export)."""
    Reading.objects.bulk_create(
        Reading(citizen=citizen, reader=by, agency_id=agency_id, what=what, purpose=purpose, at=at)
        for citizen in citizens
        if citizen.pk != by.pk
    )
