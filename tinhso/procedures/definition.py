"""What a procedure says, as one document: the shape of the data files, the imports and the frozen versions.

A version is never changed: a dossier keeps the version it was filed under, so the whole content is one value.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(StrEnum):
    PROVINCE = "province"  # cấp tỉnh
    DISTRICT = "district"  # cấp huyện
    COMMUNE = "commune"  # cấp xã
    MINISTRY = "ministry"  # bộ, ngành trung ương (catalogue only)
    OTHER = "other"


class Service(StrEnum):
    FULL = "full"  # toàn trình
    PARTIAL = "partial"  # một phần
    INFORMATION = "information"  # cung cấp thông tin trực tuyến


class Subject(StrEnum):
    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"
    HOUSEHOLD_BUSINESS = "household_business"
    COOPERATIVE = "cooperative"
    ORGANISATION = "organisation"
    FOREIGNER = "foreigner"
    OFFICIAL = "official"


class Channel(StrEnum):
    COUNTER = "counter"  # KenhThucHien 1
    ONLINE = "online"  # 2
    POST = "post"  # 3


class TimeUnit(StrEnum):
    HOUR = "hour"  # giờ làm việc
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class Limit(Part):
    """A legal time limit, e.g. 5 working days."""

    amount: int = Field(gt=0)
    unit: TimeUnit


class FeeTiming(StrEnum):
    FILING = "filing"  # HinhThucThu 1
    SUPPLEMENT = "supplement"  # 2
    RETURN = "return"  # 4


class Fee(Part):
    """A fee (phí) or charge (lệ phí); `amount` in whole đồng, None when set elsewhere (see note)."""

    code: str = ""
    name: str
    kind: Literal["phi", "le_phi"] = "le_phi"
    amount: int | None = None
    note: str = ""
    # Paid online costs less in many provinces: the percentage of `amount` that is due online.
    online_percent: int = 100
    timing: FeeTiming = FeeTiming.FILING


class Phase(Part):
    """One phase of a channel: most procedures have one; some have an appraisal and then a decision."""

    name: str = ""
    limit: Limit | None = None  # None: stated nowhere; the importer reports it
    note: str = ""


class ChannelTerms(Part):
    channel: Channel
    phases: list[Phase] = []
    fees: list[Fee] = []
    note: str = ""


class Paper(Part):
    """One paper of the list (thành phần hồ sơ)."""

    key: str
    name: str
    code: str = ""  # MaGiayTo, e.g. 000.00.00.G09-KQ002269
    originals: int = 0
    copies: int = 0
    required: bool = True
    form: str = ""  # name of the statutory form (mẫu đơn)
    note: str = ""
    # The register that already has this fact, so it need not be handed in ("dan-cu", "ho-tich", "dkkd", "dat-dai").
    register_: str = Field("", alias="register")
    # Presented at the desk and handed back, not kept.
    shown_only: bool = False


class Case(Part):
    """A case (trường hợp) with its own papers; procedures without cases have one named ''."""

    key: str = "chung"
    name: str = ""
    papers: list[Paper] = []


class FormField(Part):
    """One question of the guided form. `kind` decides the input and its check."""

    key: str
    label: str
    kind: Literal[
        "text",
        "long_text",
        "number",
        "money",
        "date",
        "choice",
        "choices",
        "yes_no",
        "phone",
        "email",
        "personal_number",
        "tax_code",
        "commune",
        "address",
        "land_parcel",
        "area",
    ]
    required: bool = True
    help: str = ""
    choices: list[str] = []
    maximum: int | None = None
    minimum: int | None = None
    # Filled from who is signed in: "full_name", "personal_number", "phone", "email", "address", "birth_date", "organisation", "tax_code".
    prefill: str = ""
    # Shown only when another field has one of these values: {"key": [values]}.
    when: dict[str, list[str]] = {}


class FormPage(Part):
    """One theme per page."""

    key: str
    title: str
    intro: str = ""
    fields: list[FormField]


class RouteStep(Part):
    """One step of the internal route (quy trình nội bộ).

    `unit` names who does it: "desk" (Bộ phận Một cửa), "division:<field>" (the division of the solving agency that
    does that field), "leader", "records" (văn thư), "agency:<code>/<field>" for a division of another agency
    ("agency:<code>" for its leader or records), "above:<field>" and "above" likewise in the agency above.
    `share` is the part of the total time in percent. `next` lists what may follow; more than one with
    `parallel` opens all of them, and a step with several predecessors waits for all that were opened.
    """

    key: str
    name: str
    unit: str
    role: str  # value of directory.Role
    share: int = 0
    next: list[str] = []
    parallel: bool = False
    # What the step may conclude besides going on: "reject" proposes a refusal, "sign" issues the result.
    does: Literal["handle", "appraise", "approve", "sign", "stamp", "return"] = "handle"


class LegalBasis(Part):
    number: str
    title: str = ""
    issued: str = ""  # dd/mm/yyyy


class Outcome(Part):
    """The result (kết quả): what the citizen gets."""

    code: str = ""  # e.g. KQ.G15.000031
    name: str
    electronic: bool = True


class Definition(Part):
    code: str = Field(pattern=r"^\d\.\d{6}(\.[0-9A-Z.]+)?$")
    name: str
    field_code: str = ""  # mã lĩnh vực, e.g. G15-TP01
    field: str  # lĩnh vực
    levels: list[Level]
    service: Service = Service.INFORMATION
    subjects: list[Subject] = []
    agency_field: str = ""  # which division field solves it: "tu-phap", "dat-dai"…
    solving_agency: str = ""  # as published, text
    steps_text: str = ""  # trình tự thực hiện, as published
    channels: list[ChannelTerms] = []
    cases: list[Case] = []
    forms: list[FormPage] = []
    legal_bases: list[LegalBasis] = []
    conditions: str = ""
    outcomes: list[Outcome] = []
    route: list[RouteStep] = []
    # Same-day procedures received after the cut-off hour are due the next working day.
    same_day: bool = False
    # "clock" keeps the hour of reception, "day_end" ends with the working day (both readings are in use).
    convention: Literal["clock", "day_end"] = "clock"
    life_events: list[str] = []  # "sinh-con", "ket-hon"…
    keywords: list[str] = []  # what people call it
    tags: list[str] = []  # "de-an-06", "qd-422"
    decision: str = ""  # quyết định công bố
    publisher: str = ""  # cơ quan công bố
    source_url: str = ""  # page it was read from
    satisfaction_after: bool = True

    def terms(self, channel: str) -> ChannelTerms | None:
        return next((terms for terms in self.channels if terms.channel == channel), None)

    def fee_total(self, channel: str) -> int:
        """Return what is due at filing through a channel, in đồng; fees set elsewhere count 0."""
        terms = self.terms(channel)
        if terms is None:
            return 0
        return sum(
            int(Decimal(fee.amount) * (fee.online_percent if channel == Channel.ONLINE else 100) / 100) for fee in terms.fees if fee.amount
        )
