"""Words of the catalogue for the cataloguers' screens."""

from collections.abc import Mapping

from tinhso.procedures.definition import Level, Service, Subject
from tinhso.procedures.life_events import LIFE_EVENTS

LEVELS: dict[str, str] = {
    Level.PROVINCE: "Cấp tỉnh",
    Level.DISTRICT: "Cấp huyện",
    Level.COMMUNE: "Cấp xã",
    Level.MINISTRY: "Bộ, ngành trung ương",
    Level.OTHER: "Cơ quan khác",
}
SERVICES: dict[str, str] = {
    Service.FULL: "Dịch vụ công trực tuyến toàn trình",
    Service.PARTIAL: "Dịch vụ công trực tuyến một phần",
    Service.INFORMATION: "Cung cấp thông tin trực tuyến",
}
SUBJECTS: dict[str, str] = {
    Subject.CITIZEN: "Công dân",
    Subject.ENTERPRISE: "Doanh nghiệp",
    Subject.HOUSEHOLD_BUSINESS: "Hộ kinh doanh",
    Subject.COOPERATIVE: "Hợp tác xã",
    Subject.ORGANISATION: "Tổ chức",
    Subject.FOREIGNER: "Người nước ngoài",
    Subject.OFFICIAL: "Cán bộ, công chức, viên chức",
}
CONVENTIONS = {"clock": "Giữ giờ tiếp nhận", "day_end": "Hết giờ làm việc của ngày hẹn"}
SOURCES = {"tinhso": "có sẵn", "import": "nhập từ tệp", "tinh": "tỉnh soạn"}
SAID: dict[str, Mapping[str, str]] = {
    "levels": LEVELS,
    "service": SERVICES,
    "subjects": SUBJECTS,
    "convention": CONVENTIONS,
    "life_events": {event.key: event.title for event in LIFE_EVENTS},
}


def said(part: str, line: str) -> str:
    """Return a line of a part as people read it: words instead of keys."""
    return SAID.get(part, {}).get(line, line)
