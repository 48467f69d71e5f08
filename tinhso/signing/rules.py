"""What a verdict says and where a signature stands on the page: plain values in and out."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MM = 72 / 25.4
# Seals of agencies are round; a provincial seal measures 36 mm across (TT 07/2010/TT-BCA and its successors).
SEAL_MM = 36
OFFICIAL_BOX_MM = (72, 27)
# The share of an official's box that the hand takes; name and time stand beside it.
HAND_SHARE = 0.46
WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})
SMALLEST_RSA = 2048

# What a person who signs is told when a service was down; kept with the signature.
LATER = _(
    "Dịch vụ cấp dấu thời gian không trả lời. Văn bản đã được ký (mức B-B); hệ thống sẽ tự bổ sung dấu thời gian khi dịch vụ hoạt động trở lại."
)
NO_EVIDENCE = _(
    "Chưa lấy được xác nhận tình trạng chứng thư từ nơi cấp. Văn bản đã được ký và có dấu thời gian; hệ thống sẽ tự bổ sung chứng cứ lưu trữ lâu dài sau."
)
NO_SERVICE = _("Hệ thống chưa kết nối dịch vụ cấp dấu thời gian nên văn bản được ký ở mức B-B.")

# code → (sentence, what it does to the verdict): "invalid" and "doubt" weigh, "note" only informs.
REASONS: dict[str, tuple[str, str]] = {
    "altered": (_("Nội dung văn bản đã bị sửa sau khi ký: mã băm không khớp với chữ ký."), "invalid"),
    "updated": (_("Văn bản đã được ghi thêm nội dung sau khi ký, ngoài những thay đổi được phép."), "invalid"),
    "coverage": (_("Chữ ký không bao trùm toàn bộ văn bản tại thời điểm ký."), "invalid"),
    "forged": (_("Chữ ký không khớp với khóa trong chứng thư: chữ ký bị làm giả hoặc bị hỏng."), "invalid"),
    "unreadable": (_("Không đọc được dữ liệu chữ ký: chữ ký bị hỏng hoặc sai định dạng."), "invalid"),
    "unjudged": (_("Chứng thư hoặc dấu thời gian trong tệp sai định dạng nên không kiểm tra hết được."), "doubt"),
    "weak_digest": (_("Thuật toán băm {detail} đã yếu, không còn đủ an toàn; điều này không có nghĩa là văn bản đã bị sửa."), "doubt"),
    "weak_key": (_("Khóa {detail} quá ngắn, không còn đủ an toàn."), "doubt"),
    "unknown_root": (_("Chứng thư không dẫn tới gốc tin cậy nào của hệ thống (nơi cấp: {detail})."), "doubt"),
    "bad_chain": (_("Chuỗi chứng thư không hợp lệ: {detail}."), "invalid"),
    "expired": (_("Chứng thư đã hết hạn trước thời điểm ký (hết hạn {detail})."), "invalid"),
    "not_yet_valid": (_("Chứng thư chưa có hiệu lực tại thời điểm ký (có hiệu lực từ {detail})."), "invalid"),
    "chain_expired": (_("Chứng thư của nơi cấp không có hiệu lực tại thời điểm ký ({detail})."), "invalid"),
    "expired_since": (
        _("Chứng thư nay đã hết hạn ({detail}) và không có dấu thời gian tin cậy chứng minh văn bản được ký trước đó."),
        "doubt",
    ),
    "revoked": (_("Chứng thư đã bị thu hồi trước thời điểm ký (thu hồi {detail})."), "invalid"),
    "issuer_revoked": (_("Chứng thư của nơi cấp đã bị thu hồi ({detail})."), "invalid"),
    "revoked_unproven": (
        _("Chứng thư đã bị thu hồi ({detail}) và không có dấu thời gian tin cậy chứng minh văn bản được ký trước đó."),
        "invalid",
    ),
    "revoked_since": (_("Chứng thư bị thu hồi sau khi ký ({detail}); dấu thời gian tin cậy chứng minh văn bản được ký trước đó."), "note"),
    "wrong_usage": (_("Chứng thư không được cấp để ký văn bản."), "invalid"),
    "future": (_("Thời điểm ký ghi trong văn bản ở tương lai ({detail})."), "invalid"),
    "no_stamp": (_("Không có dấu thời gian: thời điểm ký do máy của người ký ghi."), "note"),
    "stamp_untrusted": (_("Dấu thời gian không dẫn tới gốc tin cậy nên không dùng để xác định thời điểm ký."), "note"),
    "stamp_broken": (_("Dấu thời gian bị hỏng hoặc không thuộc chữ ký này."), "doubt"),
    "revocation_unknown": (_("Chưa kiểm tra được tình trạng thu hồi của chứng thư."), "note"),
    "later_signatures": (_("Sau chữ ký này văn bản được ký tiếp; nội dung đã ký không đổi."), "note"),
}
MOMENTS = ("cert_from", "cert_to", "claimed_at", "stamped_at", "revoked_at")
VERDICTS = {"valid": _("Chữ ký hợp lệ"), "doubt": _("Chưa đủ căn cứ tin cậy"), "invalid": _("Chữ ký không hợp lệ")}


LEVELS = {
    "CMS": _("chữ ký trong tệp PDF, không theo PAdES"),
    "B-B": _("PAdES B-B: chữ ký cơ bản, không có dấu thời gian"),
    "B-T": _("PAdES B-T: có dấu thời gian"),
    "B-LT": _("PAdES B-LT: có dấu thời gian và chứng cứ kiểm tra"),
    "B-LTA": _("PAdES B-LTA: kiểm tra được lâu dài, kể cả khi chứng thư đã hết hạn"),
}


@dataclass(frozen=True)
class Reason:
    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return gettext(REASONS[self.code][0]).format(detail=self.detail)

    @property
    def weight(self) -> str:
        return REASONS[self.code][1]


@dataclass
class Verdict:
    """What we hold of one signature of a file."""

    field_name: str
    signer: str = ""
    organisation: str = ""
    title: str = ""
    reason: str = ""
    issuer: str = ""
    serial: str = ""
    cert_from: datetime | None = None
    cert_to: datetime | None = None
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    digest_algorithm: str = ""
    level: str = "B-B"
    subfilter: str = ""
    intact: bool = False
    crypto_valid: bool = False
    trusted: bool = False
    covers_whole_file: bool = False
    # How much of the file it covers, in pyHanko's words.
    coverage: str = ""
    revoked_at: datetime | None = None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        weights = {reason.weight for reason in self.reasons}
        return next((weight for weight in ("invalid", "doubt") if weight in weights), "valid")

    @property
    def headline(self) -> str:
        return gettext(VERDICTS[self.verdict])

    @property
    def signed_at(self) -> datetime | None:
        return self.stamped_at or self.claimed_at

    @property
    def changed_after_signing(self) -> bool:
        return any(reason.code in ("altered", "updated", "coverage") for reason in self.reasons)

    @property
    def holder_line(self) -> str:
        return ", ".join(part for part in (self.title, self.organisation) if part and part != self.signer)

    @property
    def integrity_sentence(self) -> str:
        if self.changed_after_signing or not self.intact:
            return gettext("Nội dung đã thay đổi sau khi ký.")
        return gettext("Nội dung không thay đổi từ khi ký.")

    @property
    def coverage_sentence(self) -> str:
        if self.covers_whole_file:
            return gettext("Chữ ký bao trùm toàn bộ tệp.")
        if self.changed_after_signing or not self.coverage:
            return ""
        return gettext("Chữ ký bao trùm toàn bộ nội dung văn bản; phần thêm sau chỉ là chữ ký, dấu thời gian và chứng cứ lưu trữ.")

    @property
    def trust_sentence(self) -> str:
        if self.trusted:
            return gettext("Chứng thư do {issuer} cấp, thuộc hệ thống chứng thực được tin cậy.").format(issuer=self.issuer)
        return gettext("Chứng thư do {issuer} cấp, chưa xác định được là tin cậy.").format(issuer=self.issuer or gettext("nơi không rõ"))

    @property
    def revocation_sentence(self) -> str:
        codes = {reason.code for reason in self.reasons}
        if self.revoked_at:
            return gettext("Chứng thư đã bị thu hồi.")
        if "revocation_unknown" in codes or not self.trusted:
            return gettext("Chưa kiểm tra được tình trạng thu hồi.")
        return gettext("Chứng thư không bị thu hồi.")

    @property
    def time_sentence(self) -> str:
        return gettext("Có dấu thời gian của tổ chức tin cậy.") if self.stamped_at else gettext("Theo đồng hồ của máy người ký.")

    @property
    def level_sentence(self) -> str:
        return gettext(LEVELS[self.level]) if self.level in LEVELS else ""

    def facts(self) -> dict:
        """Return what was found, without words: those are of the reader's language."""
        plain = asdict(self)
        for name in MOMENTS:
            plain[name] = plain[name].isoformat() if plain[name] else None
        return plain

    def as_json(self) -> dict:
        reasons = [{"code": one.code, "sentence": one.sentence, "weight": one.weight, "detail": one.detail} for one in self.reasons]
        said = {"verdict": self.verdict, "headline": self.headline, "changed_after_signing": self.changed_after_signing}
        return self.facts() | {"reasons": reasons} | said

    @classmethod
    def from_facts(cls, facts: dict) -> "Verdict":
        moments = {name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in MOMENTS}
        return cls(**facts | moments | {"reasons": [Reason(**one) for one in facts["reasons"]]})


FILE_PROBLEMS = {
    "": "",
    "not_pdf": _("Tệp không phải PDF hoặc đã hỏng, không đọc được."),
    "password": _("Tệp PDF có mật khẩu, không kiểm tra được. Vui lòng dùng tệp không đặt mật khẩu."),
    "costly": _("Tệp quá phức tạp nên hệ thống không kiểm tra được trong thời gian cho phép."),
    "too_many": _("Tệp có quá nhiều chữ ký nên hệ thống không kiểm tra được."),
    "unsigned": _("Tệp không có chữ ký số nào."),
    "removed": _("Chữ ký số từng có trong tệp đã bị gỡ: phiên bản trước của tệp có chữ ký, phiên bản này không còn."),
}


@dataclass
class Report:
    """The verdict on a file: of each signature, and of the whole."""

    sha256: str
    size: int
    problem: str = ""
    signatures: list[Verdict] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return gettext(FILE_PROBLEMS[self.problem]) if self.problem else ""

    @property
    def verdict(self) -> str:
        if self.problem == "removed":
            return "invalid"
        if self.problem or not self.signatures:
            return "none"
        verdicts = {signature.verdict for signature in self.signatures}
        return next((one for one in ("invalid", "doubt") if one in verdicts), "valid")

    @property
    def headline(self) -> str:
        match self.verdict:
            case "valid" if len(self.signatures) > 1:
                return gettext("Cả {count} chữ ký số đều hợp lệ").format(count=len(self.signatures))
            case "valid":
                return gettext("Chữ ký số hợp lệ")
            case "doubt":
                return gettext("Chưa đủ căn cứ để tin cậy")
            case "invalid" if any(signature.changed_after_signing for signature in self.signatures):
                return gettext("Văn bản đã thay đổi sau khi ký")
            case "invalid":
                return gettext("Chữ ký số không hợp lệ")
        return gettext("Không có chữ ký số để xác minh")

    def as_json(self) -> dict:
        signatures = [signature.as_json() for signature in self.signatures]
        plain = {"sha256": self.sha256, "size": self.size, "problem": self.problem, "sentence": self.sentence}
        return plain | {"verdict": self.verdict, "headline": self.headline, "signatures": signatures}

    def facts(self) -> dict:
        signatures = [signature.facts() for signature in self.signatures]
        return {"sha256": self.sha256, "size": self.size, "problem": self.problem, "signatures": signatures}

    @classmethod
    def from_facts(cls, facts: dict) -> "Report":
        return cls(**facts | {"signatures": [Verdict.from_facts(one) for one in facts["signatures"]]})


@dataclass(frozen=True)
class Box:
    """A place on a page: points from the lower left corner; `page` counts from 0, -1 is the last."""

    page: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def corners(self) -> tuple[int, int, int, int]:
        return round(self.left), round(self.bottom), round(self.right), round(self.top)


def official_box(width: float, height: float, page: int = -1) -> Box:
    """Return the place of an official's signature: right half, above the name, inside the margins."""
    wide, high = (side * MM for side in OFFICIAL_BOX_MM)
    right = width - 20 * MM
    bottom = min(max(45 * MM, height * 0.14), max(0, height - high))
    return Box(page, max(0, right - wide), bottom, right, bottom + high)


def seal_box(official: Box) -> Box:
    """Return the place of the agency's seal: real size, over about the left third of the hand (NĐ 30/2020, Phụ lục I)."""
    side = SEAL_MM * MM
    right = official.left + (official.right - official.left) * HAND_SHARE / 3
    middle = (official.bottom + official.top) / 2
    return Box(official.page, right - side, middle - side / 2, right, middle + side / 2)
