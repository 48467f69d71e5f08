"""Who takes part: offices as busy as real ones, their officials, citizens with their sessions, a system with its token."""

import random
import secrets
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.timezone import localdate

from tinhso.directory.actions.tokens import SCOPES, token_digest
from tinhso.directory.models import Person, Role, Token, Unit
from tinhso.directory.testing import session_for
from tinhso.dossiers.history.filling import make_citizens
from tinhso.dossiers.history.plans import Province, yearly_load
from tinhso.kernel.vault import blind_index
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import Procedure, ProcedureVersion

CODE = "9.000001"
# Reception, one step in an office, return: the four calls of a lifecycle.
ROUTE = [
    {"key": "nhan", "name": "Tiếp nhận", "unit": "desk", "role": "clerk", "share": 10, "next": ["xu-ly"]},
    {
        "key": "xu-ly",
        "name": "Thẩm định",
        "unit": "division:tu-phap",
        "role": "specialist",
        "share": 90,
        "next": ["tra"],
        "does": "appraise",
    },
    {"key": "tra", "name": "Trả kết quả", "unit": "desk", "role": "clerk", "next": [], "does": "return"},
]


@dataclass(frozen=True)
class Office:
    """A commune that takes part."""

    agency_id: int
    code: str
    clerk: Person
    specialist: Person
    weight: float


def short_procedure() -> ProcedureVersion:
    """Return the procedure of the lifecycles, published the first time."""
    terms = {"phases": [{"limit": {"amount": 3, "unit": "working_day"}}]}
    content = Definition.model_validate(
        {
            "code": CODE,
            "name": "Xác nhận để đo hiệu năng",
            "field": "Hộ tịch",
            "levels": ["commune"],
            "service": "full",
            "agency_field": "tu-phap",
            "channels": [{"channel": channel, **terms} for channel in ("counter", "online", "post")],
            "cases": [{"papers": [{"key": "don", "name": "Đơn đề nghị", "required": False}]}],
            "forms": [{"key": "chung", "title": "Nội dung", "fields": [{"key": "muc-dich", "label": "Mục đích", "kind": "text"}]}],
            "outcomes": [{"name": "Giấy xác nhận"}],
            "route": ROUTE,
        }
    ).model_dump(mode="json", by_alias=True)
    procedure, _ = Procedure.objects.get_or_create(code=CODE)
    version, _ = ProcedureVersion.objects.get_or_create(
        procedure=procedure,
        number=1,
        defaults={
            "valid_from": date(2024, 1, 1),
            "content": content,
            "name": content["name"],
            "field": content["field"],
            "levels": content["levels"],
            "service": content["service"],
            "has_route": True,
            "source": "bench",
        },
    )
    return version


def offices(caseload: Path | None) -> list[Office]:
    """Return the communes with a clerk and a specialist of civil status, the busiest first."""
    day = localdate()
    province = Province(day)
    load = yearly_load(province, caseload)
    found = []
    for agency in Unit.objects.on(day).filter(kind=Unit.Kind.COMMUNE).order_by("pk"):
        desk = province.desk(agency)
        division = province.place("division:tu-phap", agency, desk) if desk else None
        clerk = province.holders.get((desk.pk, Role.CLERK)) if desk else None
        specialist = province.holders.get((division.pk, Role.SPECIALIST)) if division else None
        if clerk and specialist and agency.pk in province.series:
            people = Person.objects.in_bulk([clerk, specialist])
            found.append(Office(agency.pk, province.series[agency.pk], people[clerk], people[specialist], load(agency)))
    if not found:
        raise SystemExit("Tỉnh minh họa chưa có xã nào đủ cán bộ để đo.")
    return sorted(found, key=lambda office: -office.weight)


def choose(found: list[Office], chance: random.Random) -> Office:
    """Return an office, as often as dossiers arrive there."""
    return chance.choices(found, [office.weight for office in found])[0]


def token() -> str:
    """Return the key of a system that may do everything everywhere; a new one each time."""
    system = Person.objects.filter(username="he-thong.bench").first()
    if system is None:
        system = Person(kind=Person.Kind.SYSTEM, username="he-thong.bench", full_name="Hệ thống đo hiệu năng")
        system.set_unusable_password()
        system.save()
    key = f"ts_{secrets.token_urlsafe(32)}"
    made = Token.objects.create(system=system, label=f"bench {uuid.uuid4().hex[:8]}", digest=token_digest(key), scopes=list(SCOPES))
    made.agencies.set(Unit.objects.agencies())
    return key


def cookies(person: Person) -> dict[str, str]:
    """Return the headers of a browser in which a person is signed in, with the proof against forged forms."""
    proof = secrets.token_hex(16)
    return {"Cookie": f"sessionid={session_for(person)}; csrftoken={proof}", "X-CSRFToken": proof}


def citizens(count: int) -> list[Person]:
    """Return citizens who may file online, each with a telephone."""
    make_citizens()
    people = list(Person.objects.filter(username__startswith="lichsu.").order_by("pk")[:count])
    for number, person in enumerate(people):
        if not person.phone:
            person.phone = f"0905{number:06d}"
            person.save(update_fields=["phone"])
    return people


def personal_number(number: int) -> str:
    """Return a personal number that passes the checks of its rule."""
    return f"0491{85 + number % 10}{number:06d}"


def index_of(number: str) -> str:
    return blind_index(number, "personal-number")
