"""Plausible Vietnamese names, composed from lists of our own; the same seed gives the same people."""

import random

from tinhso.kernel.folding import fold

_FAMILY = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Phạm Phạm Huỳnh Huỳnh Võ Võ Phan Phan Đặng Bùi Đỗ Hồ Hồ Ngô Dương Lý Đinh Trương "
    "Đoàn Mai Lương Thái Tạ Cao Châu Ung Trịnh Tôn Hứa"
).split()
# In the western districts: family names of the Cơ Tu, Xơ Đăng and Giẻ Triêng.
_MOUNTAIN_FAMILY = "Alăng Alăng Bríu Bhling Pơloong Coor Zơrâm Tơngôl Hồ Hồ Nguyễn Kring Ríah Arâl Bnướch".split()
_MEN_MIDDLE = "Văn Văn Văn Đức Hữu Quang Minh Thanh Ngọc Công Đình Xuân Quốc Anh Tấn Viết Thành Trung".split()
_WOMEN_MIDDLE = "Thị Thị Thị Thị Thu Ngọc Thanh Kim Minh Hồng Thúy Bích Mỹ Diệu Hoài Phương Khánh".split()
_MEN = (
    "An Bình Bảo Châu Chiến Cường Dũng Duy Đạt Đông Giang Hà Hải Hào Hậu Hiếu Hòa Hoàng Hùng Huy Khánh Khoa Kiên Lâm Long Lộc Minh Nam Nghĩa "
    "Nhân Phong Phú Phúc Quân Quang Sơn Tài Tâm Thắng Thành Thiện Thịnh Toàn Trí Trung Tuấn Tùng Việt Vinh Vũ"
).split()
_WOMEN = (
    "An Anh Bình Chi Diễm Dung Duyên Giang Hà Hạnh Hằng Hiền Hoa Hồng Huệ Hương Khuyên Lan Lệ Liên Linh Loan Mai My Nga Ngân Nguyệt Nhàn Nhung "
    "Oanh Phương Quyên Sương Tâm Thảo Thơ Thu Thủy Thương Tiên Trang Trâm Trinh Tuyết Vân Vy Xuân Yến"
).split()


class Names:
    """A source of names; `mountain` picks families of the western districts more often."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)  # noqa: S311 (invented people, no secret)
        self._taken: dict[str, int] = {}

    def next(self, *, mountain: bool = False) -> str:
        pick = self._random.choice
        family = pick(_MOUNTAIN_FAMILY if mountain and self._random.random() < 0.7 else _FAMILY)
        if self._random.random() < 0.5:
            return f"{family} {pick(_MEN_MIDDLE)} {pick(_MEN)}"
        return f"{family} {pick(_WOMEN_MIDDLE)} {pick(_WOMEN)}"

    def username(self, full_name: str) -> str:
        """Return a user name as offices make them: given name, then initials ("hungnv", "hungnv2")."""
        *before, given = fold(full_name).replace("'", "").split()
        base = given + "".join(word[0] for word in before)
        self._taken[base] = self._taken.get(base, 0) + 1
        return base if self._taken[base] == 1 else f"{base}{self._taken[base]}"
