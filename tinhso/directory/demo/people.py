"""Who works in the demonstration province: posts of every office, and the people with fixed user names."""

from collections.abc import Iterator
from dataclasses import dataclass

from tinhso.directory.demo.places import Office
from tinhso.directory.models import Role, Unit


@dataclass(frozen=True)
class Seat:
    """A person to be: posts in units of one office, named by what they are ("agency", "desk", or a division's name)."""

    title: str
    posts: tuple[tuple[str, str], ...]
    # Fixed user name of the well-known demonstration people; others get one from their names.
    username: str = ""


# Offices whose people get fixed user names, so that guides and tests can name them: slug → tail of the user name.
WELL_KNOWN = {
    "tam-ky": "tam-ky",
    "hoi-an": "hoi-an",
    "an-my.tam-ky": "an-my",
    "tam-dan.phu-ninh": "tam-dan",
    "tan-an.hoi-an": "tan-an",
    "trung-tam": "trung-tam",
}
_DEPARTMENTS = "so-"

_CHAIR: dict[str, tuple[str, str]] = {
    Unit.Kind.PROVINCE: ("Chủ tịch UBND tỉnh", "Phó Chủ tịch UBND tỉnh"),
    Unit.Kind.DISTRICT: ("Chủ tịch UBND", "Phó Chủ tịch UBND"),
    Unit.Kind.COMMUNE: ("Chủ tịch UBND", "Phó Chủ tịch UBND"),
    Unit.Kind.CENTRE: ("Giám đốc Trung tâm", "Phó Giám đốc Trung tâm"),
}


def _chairs(office: Office) -> tuple[str, str]:
    if office.kind in _CHAIR:
        return _CHAIR[office.kind]
    if office.name.startswith(("Công an", "Văn phòng Đăng ký")):
        return "Giám đốc", "Phó Giám đốc"
    if office.name.startswith("Cục"):
        return "Cục trưởng", "Phó Cục trưởng"
    if office.name.startswith("Văn phòng"):
        return "Chánh Văn phòng", "Phó Chánh Văn phòng"
    if office.name.startswith("Thanh tra"):
        return "Chánh Thanh tra", "Phó Chánh Thanh tra"
    if office.name.startswith("Ban"):
        return "Trưởng ban", "Phó Trưởng ban"
    return "Giám đốc Sở", "Phó Giám đốc Sở"


def seats(office: Office) -> Iterator[Seat]:
    """Yield the people of an office; the first of each kind is well known where the office is."""
    tail = WELL_KNOWN.get(office.slug) or (office.slug if office.slug.startswith(_DEPARTMENTS) else "")
    known = (lambda kind: f"{kind}.{tail}") if tail else (lambda kind: "")
    chief, deputy = _chairs(office)
    commune = office.kind == Unit.Kind.COMMUNE
    yield Seat(chief, (("agency", Role.LEADER),), known("lanh-dao"))
    # In a commune the deputy looks after both groups of officers, who have no head of their own.
    heads = tuple((division.name, Role.DIVISION_HEAD) for division in office.divisions) if commune else ()
    yield Seat(deputy, (("agency", Role.LEADER), *heads), known("pho"))
    for position, division in enumerate(office.divisions):
        field = division.fields[0] if division.fields else "hanh-chinh"
        if not commune:
            head = (
                "Trưởng phòng"
                if division.name.startswith("Phòng")
                else "Chánh Văn phòng"
                if "Văn phòng" in division.name
                else "Chi cục trưởng"
            )
            yield Seat(head, ((division.name, Role.DIVISION_HEAD), (division.name, Role.SPECIALIST)), known(f"truong-phong-{field}"))
        yield Seat("Công chức" if commune else "Chuyên viên", ((division.name, Role.SPECIALIST),), known(f"chuyen-vien-{field}"))
        if position == 0 and office.kind == Unit.Kind.DEPARTMENT:
            yield Seat("Chuyên viên", ((division.name, Role.SPECIALIST),))
    yield Seat("Cán bộ Một cửa", (("desk", Role.CLERK),), known("mot-cua"))
    if office.kind in (Unit.Kind.DISTRICT, Unit.Kind.CENTRE):
        yield Seat("Cán bộ Một cửa", (("desk", Role.CLERK),))
    yield Seat("Văn thư", (("agency", Role.RECORDS),), known("van-thu"))
    if office.kind == Unit.Kind.PROVINCE:
        yield Seat("Quản trị người dùng", (("agency", Role.ADMINISTRATOR),), "quan-tri")
        yield Seat("Vận hành hệ thống", (("agency", Role.OPERATOR),), "van-hanh")
        yield Seat("Kiểm toán viên nội bộ", (("agency", Role.AUDITOR),), "kiem-toan")
    if office.slug == "van-phong-ubnd":
        first = office.divisions[0].name
        yield Seat("Chuyên viên kiểm soát thủ tục hành chính", ((first, Role.SUPERVISOR),), "kiem-soat")
        yield Seat("Chuyên viên quản lý danh mục thủ tục", ((first, Role.CATALOGUER),), "danh-muc")
