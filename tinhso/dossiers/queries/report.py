"""Report II.06 (circular 01/2020/TT-VPCP): one agency by field (06a), or agencies by level (06b)."""

from dataclasses import dataclass
from datetime import date, datetime

from tinhso.directory.models import Unit
from tinhso.dossiers.queries.figures import Figures, Scope, figures
from tinhso.kernel.folding import sort_key
from tinhso.kernel.measures import Period
from tinhso.procedures.models import ProcedureVersion

# The columns in the order of the form: name of the figure, its heading, the heading above it.
COLUMNS = (
    ("process", "Tổng số", "Số hồ sơ nhận giải quyết"),
    ("online", "Trực tuyến", "Số hồ sơ nhận giải quyết"),
    ("at_desk", "Trực tiếp, dịch vụ bưu chính", "Số hồ sơ nhận giải quyết"),
    ("carried_over", "Từ kỳ trước", "Số hồ sơ nhận giải quyết"),
    ("released", "Tổng số", "Số lượng hồ sơ đã giải quyết"),
    ("early", "Trước hạn", "Số lượng hồ sơ đã giải quyết"),
    ("on_time", "Đúng hạn", "Số lượng hồ sơ đã giải quyết"),
    ("late", "Quá hạn", "Số lượng hồ sơ đã giải quyết"),
    ("open", "Tổng số", "Số lượng hồ sơ đang giải quyết"),
    ("within_time", "Trong hạn", "Số lượng hồ sơ đang giải quyết"),
    ("overdue", "Quá hạn", "Số lượng hồ sơ đang giải quyết"),
)
BY_FIELD, BY_AGENCY = "linh-vuc", "co-quan"
LEVELS = {
    Unit.Kind.PROVINCE: "Cấp tỉnh",
    Unit.Kind.DEPARTMENT: "Cấp tỉnh",
    Unit.Kind.CENTRE: "Cấp tỉnh",
    Unit.Kind.DISTRICT: "Cấp huyện",
    Unit.Kind.COMMUNE: "Cấp xã",
}


@dataclass(frozen=True)
class ReportRow:
    """A field or an agency; `key` narrows to it, `level` is the group under which it stands."""

    name: str
    key: str
    level: str
    figures: Figures

    @property
    def cells(self) -> list[tuple[str, int]]:
        return [(name, getattr(self.figures, name)) for name, _, _ in COLUMNS]


@dataclass(frozen=True)
class Report:
    period: Period
    grouping: str
    rows: list[ReportRow]
    total: Figures

    @property
    def number(self) -> str:
        return "II.06a" if self.grouping == BY_FIELD else "II.06b"

    @property
    def levels(self) -> list[tuple[str, list[ReportRow]]]:
        """Return the rows under their levels, in the order of the form: province, district, commune."""
        groups: dict[str, list[ReportRow]] = {}
        for row in self.rows:
            groups.setdefault(row.level, []).append(row)
        return list(groups.items())

    @property
    def balance(self) -> str:
        """Say how the columns add up: what was stopped or withdrawn is in the first and in neither of the others."""
        total = self.total
        return (
            f"{_number(total.process)} hồ sơ nhận giải quyết = {_number(total.released)} đã giải quyết + {_number(total.open)} đang giải quyết "
            f"(trong đó {_number(total.waiting)} tạm dừng) + {_number(total.stopped)} dừng giải quyết + {_number(total.withdrawn)} người nộp rút. "
            f"Ngoài ra {_number(total.denied)} hồ sơ bị từ chối tiếp nhận."
        )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def report(period: Period, *, now: datetime, within: Scope, grouping: str) -> Report:
    found = figures(period, now=now, within=within)
    if grouping == BY_FIELD:
        fields = dict(ProcedureVersion.objects.filter(pk__in={version for _, version in found}).values_list("pk", "field"))
        by_field: dict[str, Figures] = {}
        for (_, version), numbers in found.items():
            by_field[fields[version]] = by_field.get(fields[version], Figures()) + numbers
        rows = [ReportRow(name, name, "", numbers) for name, numbers in sorted(by_field.items(), key=lambda pair: sort_key(pair[0]))]
    else:
        by_agency: dict[int, Figures] = {}
        for (agency, _), numbers in found.items():
            by_agency[agency] = by_agency.get(agency, Figures()) + numbers
        units = Unit.objects.filter(pk__in=by_agency).order_by("sort_name")
        ordered = sorted(units, key=lambda unit: list(LEVELS).index(Unit.Kind(unit.kind)))
        rows = [ReportRow(unit.name, str(unit.pk), LEVELS[Unit.Kind(unit.kind)], by_agency[unit.pk]) for unit in ordered]
    return Report(period, grouping, rows, sum((row.figures for row in rows), Figures()))


def usual_period(day: date) -> Period:
    """Return the period that a report is asked for most: this year until today."""
    return Period(day.replace(month=1, day=1), day)
