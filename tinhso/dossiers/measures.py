"""The figures that dossiers offer to reports, indices and dashboards."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.timezone import now

from tinhso.dossiers.queries.figures import Figures, Scope, figures
from tinhso.kernel.measures import Period, Value, measure

OWNER = "Hồ sơ một cửa"
REPORT = "Biểu II.06, Thông tư 01/2020/TT-VPCP"
INDEX = "Quyết định 766/QĐ-TTg, nhóm 2 (tiến độ giải quyết)"


def by_agency(agency_ids: list[int] | None, period: Period) -> dict[int, Figures]:
    """Return the figures of agencies; a superior's are the pooled counts, never the mean of scores."""
    sums: dict[int, Figures] = {}
    for (agency, _), found in figures(period, now=now(), within=Scope.of(agency_ids)).items():
        sums[agency] = sums.get(agency, Figures()) + found
    return sums


def _offer(name: str, label: str, definition: str, value: Callable[[Figures], Value], unit: str = "hồ sơ") -> None:
    def compute(agency_ids: list[int] | None, period: Period) -> dict[int, Value]:
        return {agency: value(found) for agency, found in by_agency(agency_ids, period).items()}

    measure(f"dossiers.{name}", label=label, unit=unit, definition=definition, owner=OWNER)(compute)


def percent(part: int, whole: int, empty: Decimal) -> Decimal:
    """Return a share in percent with two decimals."""
    return round(Decimal(100) * part / whole, 2) if whole else empty


def progress(found: Figures) -> tuple[int, int]:
    """Return numerator and denominator of indicator 2.1.

    A dossier that waits for its supplement ends, for the index, when it was asked for; one that was stopped ends then;
    what is open and over time counts in the denominator.
    """
    in_time = found.in_time + found.asked_in_time + found.stopped - found.stopped_late
    return in_time, found.released + found.asked_in_time + found.asked_late + found.stopped + found.overdue


def progress_ratio(found: Figures) -> Decimal:
    # A unit without dossiers is shown 0, as the national export does.
    return percent(*progress(found), empty=Decimal(0))


def progress_score(found: Figures) -> Decimal:
    in_time, whole = progress(found)
    return round(Decimal(20) * in_time / whole, 2) if whole else Decimal(0)


def average_days(found: Figures) -> Decimal | None:
    return round(Decimal(found.seconds) / found.released / 86400, 2) if found.released else None


for name, label, definition in (
    ("total", "Tổng số hồ sơ, kể cả từ chối tiếp nhận", "Hồ sơ giải quyết trong kỳ cộng hồ sơ bị từ chối tiếp nhận trong kỳ."),
    ("process", "Hồ sơ giải quyết trong kỳ", f"Tiếp nhận trong kỳ cộng từ kỳ trước chuyển sang. {REPORT}."),
    ("received", "Hồ sơ tiếp nhận trong kỳ", f"Tiếp nhận đủ, hợp lệ trong kỳ, mọi kênh. {REPORT}."),
    ("online", "Hồ sơ tiếp nhận trực tuyến", f"Kênh nộp là trực tuyến. {REPORT}."),
    ("at_desk", "Hồ sơ tiếp nhận trực tiếp và qua bưu chính", f"{REPORT}."),
    ("carried_over", "Hồ sơ từ kỳ trước chuyển sang", f"Tiếp nhận trước kỳ, chưa kết thúc khi kỳ bắt đầu. {REPORT}."),
    ("denied", "Hồ sơ từ chối tiếp nhận", "Từ chối trong kỳ, chưa từng tiếp nhận (mẫu 03)."),
    ("released", "Hồ sơ đã giải quyết", f"Xử lý xong trong kỳ, có kết quả. {REPORT}."),
    ("early", "Hồ sơ giải quyết trước hạn", f"Xử lý xong trước ngày hẹn trả. {REPORT}."),
    ("on_time", "Hồ sơ giải quyết đúng hạn", f"Xử lý xong trong ngày hẹn, không quá giờ hẹn; không ghi thời hạn là đúng hạn. {REPORT}."),
    ("late", "Hồ sơ giải quyết quá hạn", f"Xử lý xong sau giờ hẹn trả. {REPORT}."),
    ("unresolved", "Hồ sơ có kết quả không chấp thuận", "Trong số đã giải quyết, kết quả đã ký là không chấp thuận."),
    ("releasing", "Hồ sơ xong, chờ trả kết quả", "Trong số đã giải quyết, đến nay chưa trả cho người nộp."),
    ("open", "Hồ sơ đang giải quyết", f"Đã tiếp nhận, chưa kết thúc khi kỳ kết thúc. {REPORT}."),
    ("within_time", "Hồ sơ đang giải quyết trong hạn", f"Chưa đến hạn, hoặc đang tạm dừng tính thời hạn. {REPORT}."),
    ("overdue", "Hồ sơ đang giải quyết quá hạn", f"Hạn trả không sau lúc kỳ kết thúc. {REPORT}."),
    ("waiting", "Hồ sơ đang tạm dừng", "Chờ bổ sung giấy tờ, nghĩa vụ tài chính hoặc cơ quan ngoài khi kỳ kết thúc."),
    ("stopped", "Hồ sơ dừng giải quyết", "Dừng trong kỳ sau khi đã tiếp nhận (mẫu 05)."),
    ("withdrawn", "Hồ sơ người nộp rút", "Rút trong kỳ sau khi đã tiếp nhận."),
):
    _offer(name, label, definition, lambda found, name=name: getattr(found, name))  # type: ignore[misc]

_offer(
    "on_time_percent",
    "Tỷ lệ giải quyết trước và đúng hạn",
    "(Trước hạn + đúng hạn) chia cho đã giải quyết; 100 % khi chưa giải quyết hồ sơ nào.",
    lambda found: percent(found.in_time, found.released, empty=Decimal(100)),
    unit="%",
)
_offer(
    "qd766.2.1.ratio",
    "2.1 Tỷ lệ hồ sơ giải quyết đúng hạn, trước hạn",
    f"{INDEX}: đúng và trước hạn, chia cho hồ sơ kết thúc trong kỳ cộng hồ sơ quá hạn chưa xong. Chờ bổ sung: lúc yêu cầu là lúc "
    "kết thúc; dừng giải quyết: so với ngày hẹn. Không có hồ sơ: 0.",
    progress_ratio,
    unit="%",
)
_offer(
    "qd766.2.1.score",
    "2.1 Điểm tiến độ giải quyết",
    f"{INDEX}: tỷ lệ 2.1 nhân 20, tuyến tính, hai chữ số thập phân; cấp trên tính từ tổng số hồ sơ.",
    progress_score,
    unit="điểm",
)
_offer(
    "qd766.2.2.average",
    "2.2 Thời gian giải quyết trung bình",
    f"{INDEX}: từ lúc tiếp nhận đến lúc xử lý xong, tính theo ngày dương lịch, của hồ sơ có kết quả trong kỳ (theo dõi, không chấm điểm).",
    average_days,
    unit="ngày",
)
