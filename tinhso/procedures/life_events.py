"""Events of life: the words with which people come, each leading to several procedures."""

from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from tinhso.kernel.folding import fold


class LifeEvent(NamedTuple):
    # Vietnamese, for the search too; pages translate what they show.
    key: str
    title: str
    sentence: str
    # What people type when they mean it.
    words: tuple[str, ...]


LIFE_EVENTS: tuple[LifeEvent, ...] = (
    LifeEvent(
        "sinh-con",
        _("Sinh con, nuôi con nhỏ"),
        _("Khai sinh, nhận cha mẹ con, chế độ cho trẻ nhỏ"),
        ("sinh con", "đẻ con", "em bé", "con mới sinh", "mới sinh", "trẻ sơ sinh", "có con"),
    ),
    LifeEvent(
        "di-hoc",
        _("Đi học"),
        _("Chuyển trường, hỗ trợ học phí, văn bằng"),
        ("đi học", "nhập học", "cho con đi học", "xin học", "học phí", "bằng tốt nghiệp"),
    ),
    LifeEvent(
        "ket-hon",
        _("Kết hôn, gia đình"),
        _("Xác nhận tình trạng hôn nhân, đăng ký kết hôn, giám hộ"),
        ("kết hôn", "cưới", "lấy vợ", "lấy chồng", "lập gia đình", "độc thân"),
    ),
    LifeEvent(
        "nha-dat",
        _("Mua bán nhà đất"),
        _("Chuyển nhượng, tặng cho, thừa kế, sang tên sổ đỏ"),
        ("mua đất", "bán đất", "mua nhà", "sổ đỏ", "sổ hồng", "sang tên", "tách thửa", "nhà đất"),
    ),
    LifeEvent(
        "xay-nha",
        _("Xây, sửa nhà"),
        _("Giấy phép xây dựng, gia hạn, điều chỉnh"),
        ("xây nhà", "làm nhà", "sửa nhà", "cất nhà", "cơi nới", "xin phép xây"),
    ),
    LifeEvent(
        "viec-lam",
        _("Việc làm"),
        _("Phiếu lý lịch tư pháp, giấy phép lao động, chứng chỉ hành nghề"),
        ("xin việc", "tìm việc", "đi làm", "mất việc", "thất nghiệp", "lý lịch tư pháp", "hành nghề"),
    ),
    LifeEvent(
        "kinh-doanh",
        _("Mở cửa hàng, kinh doanh"),
        _("Hộ kinh doanh, doanh nghiệp, giấy phép con"),
        ("mở quán", "mở tiệm", "mở cửa hàng", "buôn bán", "bán hàng", "mở công ty", "khởi nghiệp"),
    ),
    LifeEvent(
        "dau-tu",
        _("Đầu tư dự án"),
        _("Chủ trương đầu tư, giấy chứng nhận đầu tư, môi trường"),
        ("làm dự án", "xây nhà máy", "nhà đầu tư"),
    ),
    LifeEvent(
        "di-lai",
        _("Lái xe, đi lại"),
        _("Giấy phép lái xe, phù hiệu, vận tải"),
        ("bằng lái", "lái xe", "giấy phép lái xe", "xe cộ", "chạy xe", "đổi bằng"),
    ),
    LifeEvent(
        "nong-nghiep",
        _("Làm nông, đánh bắt"),
        _("Tàu cá, chăn nuôi, trồng trọt, vật tư nông nghiệp"),
        ("làm nông", "trồng lúa", "chăn nuôi", "tàu cá", "ghe", "đánh bắt", "nuôi tôm", "trang trại"),
    ),
    LifeEvent(
        "kho-khan",
        _("Khó khăn, người cao tuổi, khuyết tật, người có công"),
        _("Trợ cấp xã hội, khuyết tật, người có công, thẻ bảo hiểm"),
        ("khó khăn", "hộ nghèo", "người già", "người cao tuổi", "khuyết tật", "trợ cấp", "ốm đau", "người có công", "thương binh"),
    ),
    LifeEvent(
        "nguoi-than-mat",
        _("Người thân qua đời"),
        _("Khai tử, mai táng phí, thừa kế"),
        (
            "qua đời",
            "mới mất",
            "bố mất",
            "ba mất",
            "cha mất",
            "mẹ mất",
            "má mất",
            "ông mất",
            "bà mất",
            "chết",
            "khai tử",
            "đám tang",
            "mai táng",
            "thừa kế",
            "báo tử",
        ),
    ),
)

BY_KEY = {event.key: event for event in LIFE_EVENTS}


def named_in(text: str) -> list[LifeEvent]:
    """Return the events whose title or words stand in a text, in the order of the list."""
    padded = f" {fold(text)} "
    return [event for event in LIFE_EVENTS if any(f" {fold(word)} " in padded for word in event.words)]
