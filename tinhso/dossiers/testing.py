"""A small office for tests, of this room and of those above: one commune, a department that is asked, two citizens."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tinhso.directory.models import Person, Post, Role, Unit, UnitCode
from tinhso.dossiers.actions.filing import Filing, NewPaper, Owner, file_dossier
from tinhso.dossiers.models import Channel, Dossier, Step
from tinhso.kernel.files import keep
from tinhso.kernel.inspection import PDF
from tinhso.kernel.working_time import ZONE
from tinhso.procedures.actions.publishing import version_of
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import Procedure, ProcedureVersion

SINCE = date(2020, 1, 1)


def at(text: str) -> datetime:
    """Return a moment of Viet Nam: at("2024-04-15 09:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


ROUTE = [
    {"key": "nhan", "name": "Tiếp nhận", "unit": "desk", "role": "clerk", "share": 5, "next": ["phan-cong"]},
    {"key": "phan-cong", "name": "Phân công", "unit": "division:tu-phap", "role": "division_head", "share": 5, "next": ["tham-dinh"]},
    {
        "key": "tham-dinh",
        "name": "Thẩm định",
        "unit": "division:tu-phap",
        "role": "specialist",
        "share": 50,
        "next": ["ky"],
        "does": "appraise",
    },
    {"key": "ky", "name": "Ký kết quả", "unit": "leader", "role": "leader", "share": 30, "next": ["dong-dau"], "does": "sign"},
    {"key": "dong-dau", "name": "Đóng dấu", "unit": "records", "role": "records", "share": 10, "next": ["tra"], "does": "stamp"},
    {"key": "tra", "name": "Trả kết quả", "unit": "desk", "role": "clerk", "next": [], "does": "return"},
]
PARALLEL = [
    {"key": "nhan", "name": "Tiếp nhận", "unit": "desk", "role": "clerk", "share": 5, "next": ["dat", "nguoi"], "parallel": True},
    {"key": "dat", "name": "Kiểm tra đất", "unit": "agency:dat-dai", "role": "specialist", "share": 40, "next": ["ky"]},
    {"key": "nguoi", "name": "Kiểm tra hộ tịch", "unit": "division:tu-phap", "role": "specialist", "share": 40, "next": ["ky"]},
    {"key": "ky", "name": "Ký kết quả", "unit": "leader", "role": "leader", "share": 40, "next": ["dong-dau"], "does": "sign"},
    {"key": "dong-dau", "name": "Đóng dấu", "unit": "records", "role": "records", "share": 15, "next": ["tra"], "does": "stamp"},
    {"key": "tra", "name": "Trả kết quả", "unit": "desk", "role": "clerk", "next": [], "does": "return"},
]


def definition(**changes: Any) -> dict[str, Any]:
    """Return the content of a small procedure: five working days, two papers, one page of questions."""
    terms = {"phases": [{"limit": {"amount": 5, "unit": "working_day"}}]}
    return Definition.model_validate(
        {
            "code": "1.000001",
            "name": "Xác nhận tình trạng thử nghiệm",
            "field": "Hộ tịch",
            "levels": ["commune"],
            "service": "full",
            "agency_field": "tu-phap",
            "channels": [{"channel": channel, **terms} for channel in ("counter", "online", "post")],
            "cases": [
                {
                    "papers": [
                        {"key": "don", "name": "Đơn đề nghị", "originals": 1},
                        {"key": "phu", "name": "Giấy tờ kèm theo", "required": False},
                    ]
                }
            ],
            "forms": [{"key": "chung", "title": "Nội dung", "fields": [{"key": "muc-dich", "label": "Mục đích", "kind": "text"}]}],
            "legal_bases": [{"number": "Luật số 60/2014/QH13", "title": "Luật Hộ tịch"}],
            "outcomes": [{"name": "Giấy xác nhận"}],
            "route": ROUTE,
        }
        | changes
    ).model_dump(mode="json", by_alias=True)


@dataclass
class Office:
    """The commune, its people by role, its neighbour, and the department that is asked."""

    commune: Unit
    desk: Unit
    division: Unit
    department: Unit
    neighbour: Unit
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def build_office() -> Office:
    def unit(kind, name, agency=None, fields=(), code=None):
        made = Unit(kind=kind, name=name, parent=agency, agency=agency, fields=list(fields), valid_from=SINCE)
        made.save()
        if agency is None:
            made.agency = made
            made.save()
        if code:
            UnitCode.objects.create(unit=made, system=UnitCode.System.QD20, code=code, valid_from=SINCE)
        return made

    def person(key, name, *posts, kind=Person.Kind.OFFICIAL, **facts):
        office.people[key] = Person(kind=kind, username=f"thu.{key}", full_name=name, **facts)
        office.people[key].set_unusable_password()
        office.people[key].save()
        for place, role in posts:
            Post.objects.create(person=office.people[key], unit=place, role=role, valid_from=SINCE, title="")

    commune = unit(Unit.Kind.COMMUNE, "UBND xã Tam Đàn", code="H47.31.01")
    neighbour = unit(Unit.Kind.COMMUNE, "UBND xã Tam Dân", code="H47.31.02")
    department = unit(Unit.Kind.DEPARTMENT, "Sở Tài nguyên và Môi trường", code="H47.17")
    office = Office(
        commune,
        unit(Unit.Kind.DESK, "Bộ phận Một cửa xã Tam Đàn", commune),
        unit(Unit.Kind.DIVISION, "Công chức Tư pháp - Hộ tịch", commune, ["tu-phap"]),
        department,
        neighbour,
    )
    land = unit(Unit.Kind.DIVISION, "Phòng Quản lý đất đai", department, ["dat-dai"])
    unit(Unit.Kind.DESK, "Bộ phận Một cửa xã Tam Dân", neighbour)
    person("clerk", "Trần Một Cửa", (office.desk, Role.CLERK))
    person("head", "Lê Trưởng Phòng", (office.division, Role.DIVISION_HEAD))
    person("specialist", "Phạm Chuyên Viên", (office.division, Role.SPECIALIST))
    person("leader", "Nguyễn Chủ Tịch", (commune, Role.LEADER))
    person("records", "Võ Văn Thư", (commune, Role.RECORDS))
    person("land", "Đỗ Địa Chính", (land, Role.SPECIALIST))
    person("chau", "Hồ Minh Châu", (neighbour, Role.LEADER), (neighbour, Role.CLERK), (neighbour, Role.SPECIALIST))
    citizen = {"kind": Person.Kind.CITIZEN, "assurance": 2, "phone": "0905123456"}
    person("an", "Nguyễn Thị Bình An", personal_number="049190012345", address="Thôn Vĩnh Phú, xã Tam Đàn", **citizen)
    person("binh", "Trần Văn Bình", personal_number="049085006789", **citizen)
    return office


def publish(**changes: Any) -> ProcedureVersion:
    given = Definition.model_validate(definition(**changes))
    procedure, _ = Procedure.objects.get_or_create(code=given.code)
    version = version_of(given, procedure, procedure.versions.count() + 1, valid_from=SINCE, source="thu")
    version.save()
    return version


def filed(
    office: Office, version: ProcedureVersion, when: str = "2024-04-15 09:00", *, key=None, channel=Channel.ONLINE, **changes
) -> Dossier:
    """File a complete dossier of An at the commune."""
    paper = keep(b"%PDF-1.4 sample", media_type=PDF)
    filing = Filing(
        **{
            "version": version,
            "channel": channel,
            "receiving_unit": office.desk,
            "solving_agency": office.commune,
            "owner": Owner("Nguyễn Thị Bình An", "049190012345", phone="0905123456", address="Thôn Vĩnh Phú, xã Tam Đàn"),
            "answers": {"muc-dich": "vay vốn"},
            "papers": [NewPaper("don", "Đơn đề nghị", paper.pk, "don.pdf")],
        }
        | changes
    )
    by = office.an if channel == Channel.ONLINE else office.clerk
    return file_dossier(filing, applicant=office.an, by=by, at=at(when), key=key)


def open_step(dossier: Dossier, key: str) -> Step:
    return Step.objects.open().select_related("unit", "dossier").get(dossier=dossier, key=key)
