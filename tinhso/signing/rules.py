"""What a verdict says and where a signature stands on the page: plain values in and out."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

MM = 72 / 25.4
# Seals of agencies are round; a provincial seal measures 36 mm across (TT 07/2010/TT-BCA and its successors).
SEAL_MM = 36
OFFICIAL_BOX_MM = (72, 27)
# The share of an official's box that the hand takes; name and time stand beside it.
HAND_SHARE = 0.46
WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})
SMALLEST_RSA = 2048

# What a person who signs is told when a service was down; kept with the signature.
LATER = "Dịch vụ cấp dấu thời gian không trả lời. Văn bản đã được ký (mức B-B); hệ thống sẽ tự bổ sung dấu thời gian khi dịch vụ hoạt động trở lại."
NO_EVIDENCE = "Chưa lấy được xác nhận tình trạng chứng thư từ nơi cấp. Văn bản đã được ký và có dấu thời gian; hệ thống sẽ tự bổ sung chứng cứ lưu trữ lâu dài sau."
NO_SERVICE = "Hệ thống chưa kết nối dịch vụ cấp dấu thời gian nên văn bản được ký ở mức B-B."

# code → (sentence, what it does to the verdict): "invalid" and "doubt" weigh, "note" only informs.
REASONS: dict[str, tuple[str, str]] = {
    "altered": ("Nội dung văn bản đã bị sửa sau khi ký: mã băm không khớp với chữ ký.", "invalid"),
    "updated": ("Văn bản đã được ghi thêm nội dung sau khi ký, ngoài những thay đổi được phép.", "invalid"),
    "coverage": ("Chữ ký không bao trùm toàn bộ văn bản tại thời điểm ký.", "invalid"),
    "forged": ("Chữ ký không khớp với khóa trong chứng thư: chữ ký bị làm giả hoặc bị hỏng.", "invalid"),
    "unreadable": ("Không đọc được dữ liệu chữ ký: chữ ký bị hỏng hoặc sai định dạng.", "invalid"),
    "unjudged": ("Chứng thư hoặc dấu thời gian trong tệp sai định dạng nên không kiểm tra hết được.", "doubt"),
    "weak_digest": ("Thuật toán băm {detail} đã yếu, không còn đủ an toàn; điều này không có nghĩa là văn bản đã bị sửa.", "doubt"),
    "weak_key": ("Khóa {detail} quá ngắn, không còn đủ an toàn.", "doubt"),
    "unknown_root": ("Chứng thư không dẫn tới gốc tin cậy nào của hệ thống (nơi cấp: {detail}).", "doubt"),
    "bad_chain": ("Chuỗi chứng thư không hợp lệ: {detail}.", "invalid"),
    "expired": ("Chứng thư đã hết hạn trước thời điểm ký (hết hạn {detail}).", "invalid"),
    "not_yet_valid": ("Chứng thư chưa có hiệu lực tại thời điểm ký (có hiệu lực từ {detail}).", "invalid"),
    "chain_expired": ("Chứng thư của nơi cấp không có hiệu lực tại thời điểm ký ({detail}).", "invalid"),
    "expired_since": (
        "Chứng thư nay đã hết hạn ({detail}) và không có dấu thời gian tin cậy chứng minh văn bản được ký trước đó.",
        "doubt",
    ),
    "revoked": ("Chứng thư đã bị thu hồi trước thời điểm ký (thu hồi {detail}).", "invalid"),
    "issuer_revoked": ("Chứng thư của nơi cấp đã bị thu hồi ({detail}).", "invalid"),
    "revoked_unproven": (
        "Chứng thư đã bị thu hồi ({detail}) và không có dấu thời gian tin cậy chứng minh văn bản được ký trước đó.",
        "invalid",
    ),
    "revoked_since": ("Chứng thư bị thu hồi sau khi ký ({detail}); dấu thời gian tin cậy chứng minh văn bản được ký trước đó.", "note"),
    "wrong_usage": ("Chứng thư không được cấp để ký văn bản.", "invalid"),
    "future": ("Thời điểm ký ghi trong văn bản ở tương lai ({detail}).", "invalid"),
    "no_stamp": ("Không có dấu thời gian: thời điểm ký do máy của người ký ghi.", "note"),
    "stamp_untrusted": ("Dấu thời gian không dẫn tới gốc tin cậy nên không dùng để xác định thời điểm ký.", "note"),
    "stamp_broken": ("Dấu thời gian bị hỏng hoặc không thuộc chữ ký này.", "doubt"),
    "revocation_unknown": ("Chưa kiểm tra được tình trạng thu hồi của chứng thư.", "note"),
    "later_signatures": ("Sau chữ ký này văn bản được ký tiếp; nội dung đã ký không đổi.", "note"),
}
MOMENTS = ("cert_from", "cert_to", "claimed_at", "stamped_at", "revoked_at")
VERDICTS = {"valid": "Chữ ký hợp lệ", "doubt": "Chưa đủ căn cứ tin cậy", "invalid": "Chữ ký không hợp lệ"}


LEVELS = {
    "CMS": "chữ ký trong tệp PDF, không theo PAdES",
    "B-B": "PAdES B-B: chữ ký cơ bản, không có dấu thời gian",
    "B-T": "PAdES B-T: có dấu thời gian",
    "B-LT": "PAdES B-LT: có dấu thời gian và chứng cứ kiểm tra",
    "B-LTA": "PAdES B-LTA: kiểm tra được lâu dài, kể cả khi chứng thư đã hết hạn",
}


@dataclass(frozen=True)
class Reason:
    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return REASONS[self.code][0].format(detail=self.detail)

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
        return VERDICTS[self.verdict]

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
            return "Nội dung đã thay đổi sau khi ký."
        return "Nội dung không thay đổi từ khi ký."

    @property
    def coverage_sentence(self) -> str:
        if self.covers_whole_file:
            return "Chữ ký bao trùm toàn bộ tệp."
        if self.changed_after_signing or not self.coverage:
            return ""
        return "Chữ ký bao trùm toàn bộ nội dung văn bản; phần thêm sau chỉ là chữ ký, dấu thời gian và chứng cứ lưu trữ."

    @property
    def trust_sentence(self) -> str:
        if self.trusted:
            return f"Chứng thư do {self.issuer} cấp, thuộc hệ thống chứng thực được tin cậy."
        return f"Chứng thư do {self.issuer or 'nơi không rõ'} cấp, chưa xác định được là tin cậy."

    @property
    def revocation_sentence(self) -> str:
        codes = {reason.code for reason in self.reasons}
        if self.revoked_at:
            return "Chứng thư đã bị thu hồi."
        if "revocation_unknown" in codes or not self.trusted:
            return "Chưa kiểm tra được tình trạng thu hồi."
        return "Chứng thư không bị thu hồi."

    @property
    def time_sentence(self) -> str:
        return "Có dấu thời gian của tổ chức tin cậy." if self.stamped_at else "Theo đồng hồ của máy người ký."

    @property
    def level_sentence(self) -> str:
        return LEVELS.get(self.level, "")

    def as_json(self) -> dict:
        plain = asdict(self)
        for name in MOMENTS:
            plain[name] = plain[name].isoformat() if plain[name] else None
        plain["reasons"] = [
            {"code": one.code, "sentence": one.sentence, "weight": one.weight, "detail": one.detail} for one in self.reasons
        ]
        return plain | {"verdict": self.verdict, "headline": self.headline, "changed_after_signing": self.changed_after_signing}

    @classmethod
    def from_json(cls, plain: dict) -> "Verdict":
        kept = {name: value for name, value in plain.items() if name not in ("verdict", "headline", "changed_after_signing")}
        for name in MOMENTS:
            kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
        kept["reasons"] = [Reason(one["code"], one["detail"]) for one in kept["reasons"]]
        return cls(**kept)


FILE_PROBLEMS = {
    "": "",
    "not_pdf": "Tệp không phải PDF hoặc đã hỏng, không đọc được.",
    "password": "Tệp PDF có mật khẩu, không kiểm tra được. Vui lòng dùng tệp không đặt mật khẩu.",
    "costly": "Tệp quá phức tạp nên hệ thống không kiểm tra được trong thời gian cho phép.",
    "too_many": "Tệp có quá nhiều chữ ký nên hệ thống không kiểm tra được.",
    "unsigned": "Tệp không có chữ ký số nào.",
    "removed": "Chữ ký số từng có trong tệp đã bị gỡ: phiên bản trước của tệp có chữ ký, phiên bản này không còn.",
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
        return FILE_PROBLEMS[self.problem]

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
            case "valid":
                return "Chữ ký số hợp lệ" if len(self.signatures) == 1 else f"Cả {len(self.signatures)} chữ ký số đều hợp lệ"
            case "doubt":
                return "Chưa đủ căn cứ để tin cậy"
            case "invalid":
                return (
                    "Văn bản đã thay đổi sau khi ký" if any(s.changed_after_signing for s in self.signatures) else "Chữ ký số không hợp lệ"
                )
        return "Không có chữ ký số để xác minh"

    def as_json(self) -> dict:
        signatures = [signature.as_json() for signature in self.signatures]
        plain = {"sha256": self.sha256, "size": self.size, "problem": self.problem, "sentence": self.sentence}
        return plain | {"verdict": self.verdict, "headline": self.headline, "signatures": signatures}

    @classmethod
    def from_json(cls, plain: dict) -> "Report":
        signatures = [Verdict.from_json(one) for one in plain["signatures"]]
        return cls(plain["sha256"], plain["size"], plain["problem"], signatures)


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


def attachment_box(width: float, height: float) -> Box:
    """Return the place on a separate attachment: upper right of the first page."""
    wide, high = (side * MM for side in OFFICIAL_BOX_MM)
    return Box(0, max(0, width - 10 * MM - wide), max(0, height - 8 * MM - high), width - 10 * MM, height - 8 * MM)
