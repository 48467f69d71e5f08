"""Which unit a step goes to: the place that a route names, for the agency that solves."""

from datetime import date

import pytest

from tinhso.directory.models import Unit, UnitCode
from tinhso.dossiers.models import Dossier
from tinhso.dossiers.queries.places import unit_for
from tinhso.kernel.errors import Refused

pytestmark = pytest.mark.django_db
SINCE, DAY = date(2020, 1, 1), date(2024, 4, 15)


def unit(kind, name, agency=None, parent=None, fields=(), code=""):
    made = Unit.objects.create(kind=kind, name=name, agency=agency, parent=parent or agency, fields=list(fields), valid_from=SINCE)
    if agency is None:
        made.agency = made
        made.save()
    if code:
        UnitCode.objects.create(unit=made, system=UnitCode.System.QD20, code=code, valid_from=SINCE)
    return made


@pytest.fixture
def dossier():
    district = unit("district", "UBND huyện Phú Ninh")
    unit("division", "Phòng Lao động", district, fields=["lao-dong"])
    commune = unit("commune", "UBND xã Tam Đàn", parent=district)
    unit("division", "Công chức Văn hóa - Xã hội", commune, fields=["lao-dong"])
    tax = unit("department", "Cục Thuế", code="H99.25")
    unit("division", "Phòng Thu từ đất", tax, fields=["thue"])
    return Dossier(solving_agency=commune, receiving_unit=unit("desk", "Một cửa xã Tam Đàn", commune))


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("desk", "Một cửa xã Tam Đàn"),
        ("leader", "UBND xã Tam Đàn"),
        ("records", "UBND xã Tam Đàn"),
        ("division:lao-dong", "Công chức Văn hóa - Xã hội"),
        ("above:lao-dong", "Phòng Lao động"),
        ("above", "UBND huyện Phú Ninh"),
        ("agency:H99.25", "Cục Thuế"),
        ("agency:H99.25/thue", "Phòng Thu từ đất"),
        ("agency:thue", "Phòng Thu từ đất"),
    ],
)
def test_a_place_is_a_unit(dossier, place, name):
    assert unit_for(place, dossier, DAY).name == name


@pytest.mark.parametrize("place", ["division:y-te", "above:y-te", "agency:H99.25/y-te", "agency:H00.00", "moon"])
def test_a_place_that_the_province_lacks_is_named(dossier, place):
    with pytest.raises(Refused, match=f"Không tìm thấy đơn vị “{place}”"):
        unit_for(place, dossier, DAY)
