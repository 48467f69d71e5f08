"""Small procedures for tests."""

from tinhso.procedures.data_files import written_out
from tinhso.procedures.definition import Definition


def example(code: str = "9.000001", **changes) -> Definition:
    """Return a sound procedure of a commune."""
    entry = {
        "code": code,
        "name": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "agency_field": "tu-phap",
        "levels": ["commune"],
        "service": "full",
        "limit": "1 ngày làm việc",
        "channels": ["counter", "online"],
        "papers": ["Giấy chứng sinh | 1 bản chính"],
        "route": "trong-ngay",
    }
    return Definition.model_validate(written_out(entry | changes))


BIRTH = example()
