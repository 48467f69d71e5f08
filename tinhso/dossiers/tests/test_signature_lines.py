import pytest

from tinhso.directory.models import Unit
from tinhso.dossiers.printing.results import signature_lines


@pytest.mark.parametrize(
    ("kind", "title", "lines"),
    [
        (Unit.Kind.COMMUNE, "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        (Unit.Kind.COMMUNE, "Phó Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        (Unit.Kind.DISTRICT, "KT. Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"]),
        (Unit.Kind.DEPARTMENT, "Giám đốc", ["GIÁM ĐỐC"]),
        (Unit.Kind.DEPARTMENT, "", ["THỦ TRƯỞNG CƠ QUAN"]),
    ],
)
def test_the_lines_above_a_signature_are_those_of_the_decree(kind, title, lines):
    assert signature_lines(Unit(kind=kind, name="x"), title) == lines
