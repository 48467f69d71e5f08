"""Words of the catalogue for the cataloguers' screens."""

from tinhso.procedures.definition import Level, Service, Subject

LEVELS = {
    Level.PROVINCE: "Cấp tỉnh",
    Level.DISTRICT: "Cấp huyện",
    Level.COMMUNE: "Cấp xã",
    Level.MINISTRY: "Bộ, ngành trung ương",
    Level.OTHER: "Cơ quan khác",
}
SERVICES = {
    Service.FULL: "Dịch vụ công trực tuyến toàn trình",
    Service.PARTIAL: "Dịch vụ công trực tuyến một phần",
    Service.INFORMATION: "Cung cấp thông tin trực tuyến",
}
SUBJECTS = {
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
