"""What goes in and what comes out, as the description of the API shows it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=2000)]
Short = Annotated[str, StringConstraints(max_length=200)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=150)]


class Named(Schema):
    code: str
    name: str


class Place(Schema):
    id: int
    name: str


class Agency(Place):
    code: str | None = Field(description="Mã định danh điện tử (QĐ 20/2020)")


class DossierLine(Schema):
    id: int
    code: str
    procedure: Named
    channel: str
    channel_name: str
    receiving_unit: Place
    agency: Agency = Field(description="Cơ quan giải quyết")
    status: int = Field(description="Trạng thái theo Cổng Dịch vụ công quốc gia, 1 đến 10")
    status_name: str
    money: str
    money_name: str
    delivery: str
    delivery_name: str
    filed_at: datetime
    check_due_at: datetime | None
    received_at: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    closed_reason: str
    revision: int = Field(description="Tăng một đơn vị mỗi lần hồ sơ thay đổi")
    updated_at: datetime


class DossierPage(Schema):
    items: list[DossierLine]
    next: str | None


class StepShape(Schema):
    id: int
    key: str
    name: str
    does: str
    unit: str
    role: str
    role_name: str
    assignee: str | None
    assignee_name: str | None
    opened_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    finished_by: str | None
    conclusion: str
    note: str


class Standing(DossierLine):
    open_steps: list[StepShape]


class Deadline(Schema):
    due_at: datetime | None
    sentences: list[str] = Field(description="Cách tính hạn trả, từng câu")


class Owner(Schema):
    kind: int
    kind_name: str
    name: str
    number: str
    phone: str
    email: str
    address: str


class FileShape(Schema):
    name: str | None = None
    sha256: str
    size: int
    media_type: str
    href: str


class PaperShape(Schema):
    id: int
    component: str
    name: str
    form: str
    form_name: str
    quantity: int
    digitised: bool
    reused: bool
    added_at: datetime
    replaced_by: int | None
    file: FileShape | None


class ResultShape(Schema):
    id: int
    name: str
    grants: bool
    outcome_code: str
    number: str
    signed_at: datetime
    signed_by: str
    signed_for: str | None
    sealed_at: datetime | None
    signature_level: str
    verify_url: str
    file: FileShape | None


class Told(Schema):
    at: datetime
    kind: str
    text: str
    public: bool = Field(description="Người dân cũng thấy dòng này")
    through: str = Field(description="Hệ thống mà người thực hiện dùng; rỗng: làm trên trang của Tỉnh Số")


class PaymentShape(Schema):
    ordinal: int
    amount: int
    state: str
    state_name: str
    purpose: str = Field(description="Nội dung chuyển khoản")
    asked_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    pay_url: str = Field(description="Trang nộp tiền có mã VietQR")


class SupplementShape(Schema):
    items: list[dict[str, str]]
    reason: str
    asked_at: datetime
    answer_by: date | None
    answered_at: datetime | None
    answer_note: str


class OpinionShape(Schema):
    id: int
    agency: str
    question: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    agrees: bool | None
    answer: str


class DossierRecord(DossierLine):
    case: str
    subject: str
    owner: Owner
    answers: dict[str, Any]
    wants_post: bool
    verified_account: bool
    tracking_url: str
    deadline: Deadline | None
    steps: list[StepShape]
    papers: list[PaperShape]
    results: list[ResultShape]
    payments: list[PaymentShape]
    supplement_request: SupplementShape | None
    opinions: list[OpinionShape]
    timeline: list[Told]


class Uploaded(Schema):
    id: str = Field(description="Dùng trong `papers` khi nộp hoặc bổ sung hồ sơ, trong 24 giờ")
    name: str
    sha256: str
    size: int
    media_type: str


class PaperIn(Schema):
    component: Short = Field(description="Khóa của giấy tờ trong thành phần hồ sơ của thủ tục")
    name: Annotated[str, StringConstraints(max_length=500)] = Field("", description="Bỏ trống: lấy tên trong thủ tục")
    file: Annotated[str, StringConstraints(max_length=400)] = Field("", description="`id` nhận được khi tải tệp lên")
    form: Literal["original", "certified", "copy", "electronic"] = "electronic"
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    digitised: bool = False


class OwnerIn(Schema):
    number: Annotated[str, StringConstraints(max_length=20)] = Field(description="Số định danh cá nhân, 12 chữ số")
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    phone: Annotated[str, StringConstraints(max_length=20)] = ""
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    address: Annotated[str, StringConstraints(max_length=300)] = ""


class FilingIn(Schema):
    procedure: Annotated[str, StringConstraints(max_length=40)]
    agency: Annotated[str, StringConstraints(max_length=35)] = Field(description="Mã định danh của cơ quan giải quyết")
    receiving_agency: Annotated[str, StringConstraints(max_length=35)] = Field(
        "", description="Nơi tiếp nhận, khi không phải cơ quan giải quyết (tiếp nhận phi địa giới)"
    )
    channel: Literal["online", "counter", "post"] = "online"
    by: Annotated[str, StringConstraints(max_length=150)] = Field("", description="Cán bộ Một cửa, khi nhận tại quầy hoặc qua bưu chính")
    owner: OwnerIn
    case: Annotated[str, StringConstraints(max_length=60)] = ""
    answers: dict[Annotated[str, StringConstraints(max_length=100)], Any] = {}
    papers: Annotated[list[PaperIn], Field(max_length=200)] = []
    subject: Annotated[str, StringConstraints(max_length=500)] = ""
    wants_post: bool = False


class By(Schema):
    by: Username = Field(description="Tên đăng nhập của cán bộ thực hiện")


class ByWithReason(By):
    reason: Text


class ByWithNote(By):
    note: Text = ""


class Missing(Schema):
    component: Annotated[str, StringConstraints(max_length=60)] = ""
    name: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    what: Annotated[str, StringConstraints(max_length=1000)] = ""


class SupplementIn(ByWithReason):
    items: Annotated[list[Missing], Field(max_length=100)]
    answer_by: date | None = None


OWNERS: Any = Field("", description="Cán bộ Một cửa; bỏ trống khi hệ thống đã nộp hồ sơ này chuyển lời của chính người nộp")


class WithdrawIn(By):
    by: Annotated[str, StringConstraints(max_length=150)] = OWNERS
    reason: Text


class SupplyIn(ByWithNote):
    by: Annotated[str, StringConstraints(max_length=150)] = OWNERS
    papers: Annotated[list[PaperIn], Field(max_length=200)] = []


class AssignIn(By):
    to: Username


class FinishIn(ByWithNote):
    choice: Annotated[str, StringConstraints(max_length=60)] | None = Field(None, description="Hướng đi, khi quy trình rẽ nhánh")


class SendBackIn(By):
    to: Annotated[str, StringConstraints(max_length=60)] = Field(description="Khóa của bước trả về")
    note: Text


class FeeLine(Schema):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    amount: Annotated[int, Field(gt=0, le=10**12)] = Field(description="Số tiền, đồng")
    kind: Literal["phi", "le_phi"] = "le_phi"


class FeeIn(By):
    lines: Annotated[list[FeeLine], Field(min_length=1, max_length=20)]


class DraftIn(By):
    name: Annotated[str, StringConstraints(max_length=500)]
    body: Annotated[str, StringConstraints(max_length=20000)]
    grants: bool = True
    outcome_code: Annotated[str, StringConstraints(max_length=40)] = ""


class ReturnIn(By):
    how: Literal["trực tiếp", "bưu chính"] = "trực tiếp"


class ExtendIn(ByWithReason):
    new_due_at: datetime


class AskIn(By):
    agency: Annotated[str, StringConstraints(max_length=35)] = Field(description="Mã định danh của cơ quan được hỏi")
    question: Text
    working_days: Annotated[int, Field(ge=1, le=30)] = 3


class AnswerIn(By):
    agrees: bool
    answer: Annotated[str, StringConstraints(max_length=4000)]
