"""The citizens of the demonstration; plain values, so that the simulator of the e-ID knows the same people."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Citizen:
    username: str
    full_name: str
    personal_number: str
    birth_date: date
    phone: str
    address: str
    email: str = ""


CITIZENS = (
    Citizen(
        "cong-dan.an", "Nguyễn Thị Bình An", "049190012345", date(1990, 5, 12), "0905123456",
        "Khối phố 3, phường An Mỹ, thành phố Tam Kỳ, tỉnh Quảng Nam", "binh.an@tinhso.example",
    ),
    Citizen(
        "cong-dan.chau", "Trần Minh Châu", "049085006789", date(1985, 11, 2), "0914567890",
        "Thôn Vĩnh Phú, xã Tam Đàn, huyện Phú Ninh, tỉnh Quảng Nam", "minh.chau@tinhso.example",
    ),
)  # fmt: skip
