"""Loading the demonstration province: everything is built in memory first, then written in a few statements."""

import json
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from tinhso.directory.demo.citizens import CITIZENS
from tinhso.directory.demo.names import Names
from tinhso.directory.demo.people import seats
from tinhso.directory.demo.places import OUR_NUMBER, PROVINCE_CODE, SINCE, Office, local_offices, provincial_offices
from tinhso.directory.models import Person, Post, Role, Unit, UnitCode
from tinhso.directory.second_factor import seal_secret
from tinhso.kernel.folding import fold, sort_key
from tinhso.kernel.vault import blind_index

SEED = 4904


@dataclass
class Draft:
    """The province in memory. Units know their parents as objects; keys are given when they are written."""

    units: list[Unit] = field(default_factory=list)
    codes: list[UnitCode] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def load(secrets_path: Path, *, at: datetime) -> dict[str, int | bool]:
    """Load the province unless it is there; write the sign-ins of the well-known people to a file only the owner reads."""
    # Two processes starting together must not load it twice.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('directory.demo'))")
    if UnitCode.objects.filter(system=UnitCode.System.QD20, code=PROVINCE_CODE).exists():
        return {"loaded": False, **_counts()}
    draft = _draft()
    _write_units(draft)
    password = secrets.token_urlsafe(9)
    _write_people(draft, password)
    _write_sign_ins(secrets_path, draft.known, password)
    return {"loaded": True, **_counts()}


def _counts() -> dict[str, int]:
    return {
        "units": Unit.objects.count(),
        "districts": Unit.objects.filter(kind=Unit.Kind.DISTRICT).count(),
        "communes": Unit.objects.filter(kind=Unit.Kind.COMMUNE).count(),
        "people": Person.objects.count(),
        "posts": Post.objects.count(),
    }


def _draft() -> Draft:
    draft, names = Draft(), Names(SEED)
    agencies: dict[str, Unit] = {}
    local = local_offices()
    offices = provincial_offices() + local
    mountain = {office.gso for office in local if any("dan-toc" in d.fields and d.name == "Phòng Dân tộc" for d in office.divisions)}
    for office in offices:
        agency = _agency(draft, office, agencies)
        inside = {"agency": agency} | {d.name: _member(draft, agency, Unit.Kind.DIVISION, d.name, d.fields) for d in office.divisions}
        inside["desk"] = _desk(draft, office, agency, agencies)
        for seat in seats(office):
            _person(draft, office, seat, inside, names, mountain=office.gso in mountain or office.parent in mountain)
    for citizen in CITIZENS:
        person = Person(
            kind=Person.Kind.CITIZEN, username=citizen.username, full_name=citizen.full_name, email=citizen.email, phone=citizen.phone,
            personal_number=citizen.personal_number, birth_date=citizen.birth_date, address=citizen.address, assurance=2,
        )  # fmt: skip
        person.personal_number_index = blind_index(person.personal_number, "personal-number")
        draft.people.append(person)
        draft.known.append({"person": person, "role": "công dân", "unit": citizen.address})
    return draft


def _agency(draft: Draft, office: Office, agencies: dict[str, Unit]) -> Unit:
    province = agencies.get("quang-nam")
    agency = Unit(
        kind=office.kind,
        name=office.name,
        short_name=office.short_name,
        parent=agencies[office.parent] if office.parent else province,
        valid_from=SINCE,
        address=office.address,
    )
    agency.agency = agency
    agencies[office.gso or office.slug] = agency
    if office.slug == "quang-nam":
        agencies["quang-nam"] = agency
    draft.units.append(agency)
    number = f"{PROVINCE_CODE}.{office.number}" if office.number else PROVINCE_CODE
    draft.codes.append(
        UnitCode(unit=agency, system=UnitCode.System.QD20, code=number, valid_from=SINCE, note=OUR_NUMBER if office.number else "")
    )
    # QCVN 102:2016 counts from the smallest up: 000.01.31.H47 is the first unit under the 31st.
    groups = office.number.split(".") if office.number else []
    old = ".".join(["000", groups[1] if len(groups) > 1 else "00", groups[0] if groups else "00", PROVINCE_CODE])
    draft.codes.append(
        UnitCode(unit=agency, system=UnitCode.System.QCVN102, code=old, valid_from=SINCE, note=OUR_NUMBER if office.number else "")
    )
    if office.gso:
        draft.codes.append(UnitCode(unit=agency, system=UnitCode.System.GSO, code=office.gso, valid_from=SINCE))
    return agency


def _desk(draft: Draft, office: Office, agency: Unit, agencies: dict[str, Unit]) -> Unit:
    """Return the office's desk; those of provincial bodies stand in the Centre but belong to their own agency."""
    if office.kind in (Unit.Kind.DISTRICT, Unit.Kind.COMMUNE):
        return _member(draft, agency, Unit.Kind.DESK, f"Bộ phận Một cửa {office.name}")
    if office.kind == Unit.Kind.CENTRE:
        return _member(draft, agency, Unit.Kind.DESK, "Quầy tiếp nhận chung, Trung tâm Phục vụ hành chính công")
    return _member(
        draft, agency, Unit.Kind.DESK, f"Quầy {office.short_name}, Trung tâm Phục vụ hành chính công", parent=agencies.get("trung-tam")
    )


def _member(draft: Draft, agency: Unit, kind: str, name: str, fields=(), parent: Unit | None = None) -> Unit:
    unit = Unit(kind=kind, name=name, parent=parent or agency, agency=agency, fields=list(fields), valid_from=SINCE)
    draft.units.append(unit)
    return unit


def _person(draft: Draft, office: Office, seat, inside: dict[str, Unit], names: Names, *, mountain: bool) -> None:
    full_name = names.next(mountain=mountain)
    username = seat.username or names.username(full_name)
    person = Person(kind=Person.Kind.OFFICIAL, username=username, full_name=full_name, email=f"{username}@tinhso.example")
    draft.people.append(person)
    draft.posts += [Post(person=person, unit=inside[place], role=role, title=seat.title, valid_from=SINCE) for place, role in seat.posts]
    if seat.username:
        roles = "; ".join(str(Role(role).label) for role in dict.fromkeys(role for _, role in seat.posts))
        draft.known.append({"person": person, "role": f"{seat.title} ({roles})", "unit": office.name})


def _write_units(draft: Draft) -> None:
    """Write the tree level by level, with keys taken beforehand so that an agency can point at itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('directory_unit', 'id')) FROM generate_series(1, %s)", [len(draft.units)])
        for unit, (key,) in zip(draft.units, cursor.fetchall(), strict=True):
            unit.pk = key
    for unit in draft.units:
        unit.parent, unit.agency = unit.parent, unit.agency  # the keys of both are known now
        unit.folded_name, unit.sort_name = fold(unit.name), sort_key(unit.name)
    Unit.objects.bulk_create(draft.units, batch_size=500)
    for code in draft.codes:
        code.unit = code.unit
    UnitCode.objects.bulk_create(draft.codes, batch_size=500)


def _write_people(draft: Draft, password: str) -> None:
    known = {entry["person"].username for entry in draft.known}
    # Hashed once: the well-known officials share one random password, nobody else can sign in.
    hashed = make_password(password)
    for person in draft.people:
        person.folded_name = fold(person.full_name)
        person.password = hashed if person.username in known and person.is_official else make_password(None)
    Person.objects.bulk_create(draft.people, batch_size=500)
    for post in draft.posts:
        post.person, post.unit = post.person, post.unit
    Post.objects.bulk_create(draft.posts, batch_size=1000)
    factors = []
    for entry in draft.known:
        if entry["person"].is_official:
            entry["totp_secret"] = generate_totp_secret()
            factors.append(
                Authenticator(user=entry["person"], type=Authenticator.Type.TOTP, data={"secret": seal_secret(entry["totp_secret"])})
            )
    Authenticator.objects.bulk_create(factors)


def _write_sign_ins(path: Path, known: list[dict[str, Any]], password: str) -> None:
    rows = []
    for entry in known:
        person = entry["person"]
        row = {
            "username": person.username,
            "full_name": person.full_name,
            "role": entry["role"],
            "unit": entry["unit"],
            "kind": person.kind,
        }
        if person.is_official:
            row |= {"password": password, "totp_secret": entry["totp_secret"]}
        else:
            row |= {"personal_number": person.personal_number}
        rows.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
    os.replace(temporary, path)
