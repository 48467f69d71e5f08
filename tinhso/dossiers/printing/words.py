"""How moments, sums and agencies are written on paper."""

from datetime import date, datetime

from tinhso.kernel.working_time import ZONE


def long_moment(at: datetime | None) -> str:
    """Return "09 giờ 30 phút, ngày 15/04/2024"."""
    if at is None:
        return "………"
    local = at.astimezone(ZONE)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d/%m/%Y}"


def short_moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%H:%M %d/%m/%Y}" if at else ""


def long_day(day: date) -> str:
    """Return "ngày 05 tháng 4 năm 2024": days below 10 and months 1 and 2 get a nought (NĐ 30/2020, appendix I)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def money(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đ"


def place_name(agency_name: str, province: str) -> str:
    """Return the place that dates begin with: the commune's or district's own name, else the province's."""
    for kind in ("xã", "phường", "thị trấn", "huyện", "thị xã", "thành phố"):
        if f" {kind} " in agency_name:
            return agency_name.split(f" {kind} ", 1)[1]
    return province.removeprefix("tỉnh ").removeprefix("thành phố ")
