from datetime import date
from types import SimpleNamespace

import pytest

from tinhso.directory.models import Person, Post, Role, Unit


@pytest.fixture
def office(db):
    """A commune with its chairwoman and its records officer, and somebody of the commune next door."""
    day = date(2020, 1, 1)
    province = Unit.objects.create(kind=Unit.Kind.PROVINCE, name="Ủy ban nhân dân tỉnh Quảng Nam", valid_from=day)
    commune, neighbour = (
        Unit.objects.create(kind=Unit.Kind.COMMUNE, name=f"Ủy ban nhân dân xã {name}", parent=province, valid_from=day)
        for name in ("Tam Thăng", "Tam Phú")
    )
    for unit in (province, commune, neighbour):
        unit.agency = unit
        unit.save()

    def person(username, name, unit, role, title):
        made = Person.objects.create(username=username, full_name=name, kind=Person.Kind.OFFICIAL)
        Post.objects.create(person=made, unit=unit, role=role, title=title, valid_from=day)
        return made

    return SimpleNamespace(
        province=province,
        commune=commune,
        neighbour=neighbour,
        leader=person("lien", "Nguyễn Thị Bích Liên", commune, Role.LEADER, "Chủ tịch Ủy ban nhân dân xã"),
        records=person("dung", "Trần Đăng Dũng", commune, Role.RECORDS, "Văn thư"),
        chau=person("chau", "Lê Bảo Châu", neighbour, Role.LEADER, "Chủ tịch Ủy ban nhân dân xã"),
        operator=person("van-hanh", "Phạm Vận Hành", province, Role.OPERATOR, "Vận hành hệ thống"),
    )


@pytest.fixture(scope="session")
def paper() -> bytes:
    """A result of one page as the platform sets it."""
    import typst

    text = """#set page(paper: "a4", margin: (left: 30mm, right: 20mm, y: 20mm))
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#align(center)[*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM* \\ *Độc lập - Tự do - Hạnh phúc*]
#v(1cm)
#align(center)[*TRÍCH LỤC KHAI SINH*]
Họ, chữ đệm, tên: *NGUYỄN VĂN AN* \\ Ngày sinh: 14/04/2024"""
    return typst.compile(text.encode(), pdf_standards=["a-2b"])
