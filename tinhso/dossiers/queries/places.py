"""Which unit does a step: routes name a kind of place, dossiers need the place."""

from datetime import date

from tinhso.directory.models import Unit, UnitCode
from tinhso.dossiers.models import Dossier
from tinhso.kernel.errors import Refused
from tinhso.kernel.memory import remembered

# Units change a few times a year; a process may believe in an old one for this many seconds.
BELIEVED_FOR = 5.0


def unit_for(place: str, dossier: Dossier, day: date) -> Unit:
    """Return the unit that a route's `unit` names, for one dossier on a day; refuse in words if the province has none."""
    kind, _, name = place.partition(":")
    unit: Unit | None = None
    if kind == "desk":
        return dossier.receiving_unit
    if kind in ("leader", "records"):
        return dossier.solving_agency
    if kind == "division":
        unit = _own_division(dossier.solving_agency_id, name, day)
    elif kind == "agency":
        unit = _agency(name, day)
    elif kind == "above" and dossier.solving_agency.parent_id:
        above = dossier.solving_agency.parent_id
        unit = _own_division(above, name, day) if name else dossier.solving_agency.parent
    if unit is None:
        raise Refused(
            f"Không tìm thấy đơn vị “{place}” của {dossier.solving_agency} cho bước tiếp theo. "
            "Hồ sơ vẫn ở bước hiện tại; xin báo quản trị danh mục thủ tục kiểm tra quy trình.",
            code="no-unit",
        )
    return unit


@remembered(BELIEVED_FOR)
def _own_division(agency_id: int, field: str, day: date) -> Unit | None:
    return _division(Unit.objects.filter(agency_id=agency_id), field, day)


def _division(units, field: str, day: date) -> Unit | None:
    return units.on(day).filter(kind=Unit.Kind.DIVISION, fields__contains=[field]).order_by("pk").first()


@remembered(BELIEVED_FOR)
def _agency(name: str, day: date) -> Unit | None:
    """Return another agency by its identifier code, its division that does a field ("H47.25/thue"), or by field alone."""
    code, _, field = name.partition("/")
    coded = UnitCode.objects.filter(system=UnitCode.System.QD20, code=code).select_related("unit").first()
    if coded:
        return _own_division(coded.unit_id, field, day) if field else coded.unit
    return _division(Unit.objects.filter(agency__kind=Unit.Kind.DEPARTMENT), name, day)


def desk_of(agency: Unit, day: date) -> Unit | None:
    """Return the one-stop desk of an agency."""
    return Unit.objects.on(day).filter(agency=agency, kind=Unit.Kind.DESK).order_by("pk").first()
