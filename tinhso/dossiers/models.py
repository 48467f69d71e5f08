"""Facts of a dossier: what was filed, what happened to it, who holds it, what is owed and when."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from tinhso.directory.models import Organisation, Person, Role, Unit
from tinhso.kernel.models import StoredFile
from tinhso.kernel.vault import SealedField, SealedJSONField, mask
from tinhso.procedures.models import Procedure, ProcedureVersion


def new_reference() -> str:
    """Return 120 random bits for public addresses: codes are printed on paper and can be guessed."""
    return secrets.token_urlsafe(15)


class Status(models.IntegerChoices):
    """The ten statuses of the national portal (TrangThaiHoSo)."""

    FILED = 1, "Mới đăng ký"
    RECEIVED = 2, "Được tiếp nhận"
    REFUSED = 3, "Không được tiếp nhận"
    PROCESSING = 4, "Đang xử lý"
    SUPPLEMENT = 5, "Yêu cầu bổ sung giấy tờ"
    FEE = 6, "Yêu cầu thực hiện nghĩa vụ tài chính"
    WITHDRAWN = 7, "Công dân yêu cầu rút hồ sơ"
    STOPPED = 8, "Dừng xử lý"
    FINISHED = 9, "Đã xử lý xong"
    RETURNED = 10, "Đã trả kết quả"


OPEN = (Status.FILED, Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.FEE)
CLOSED = (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.FINISHED, Status.RETURNED)


class Channel(models.TextChoices):
    COUNTER = "counter", "trực tiếp"
    ONLINE = "online", "trực tuyến"
    POST = "post", "bưu chính công ích"


class Money(models.TextChoices):
    """State of the money, apart from the business state."""

    NONE = "none", "không phải nộp"
    DUE = "due", "chưa nộp"
    PAID = "paid", "đã nộp"
    REFUNDED = "refunded", "đã hoàn"


class Delivery(models.TextChoices):
    """State of handing over the result, apart from the business state."""

    NONE = "none", "chưa có kết quả"
    READY = "ready", "chờ trả"
    SENT = "sent", "đã gửi bưu chính"
    HANDED = "handed", "đã trả"


class OwnerKind(models.IntegerChoices):
    CITIZEN = 0, "công dân"
    ENTERPRISE = 1, "doanh nghiệp, tổ chức"
    HOUSEHOLD = 2, "hộ kinh doanh"


class DossierQuerySet(models.QuerySet["Dossier"]):
    def open(self):
        return self.filter(status__in=OPEN)

    def overdue(self, now):
        """Return dossiers that are late and still unfinished: a paused one has no due moment."""
        return self.filter(finished_at=None, due_at__lt=now)


class Dossier(models.Model):
    """A request filed under one version of one procedure, from filing to returned result."""

    code = models.CharField("mã hồ sơ", max_length=60, unique=True)
    reference = models.CharField(max_length=24, unique=True, default=new_reference, editable=False)
    # Made by the client before it asked; asked again, the first dossier is the answer.
    filing_key = models.UUIDField(unique=True, null=True, editable=False)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="dossiers", verbose_name="thủ tục")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="dossiers", verbose_name="phiên bản thủ tục")
    case = models.CharField("trường hợp", max_length=60, default="chung")
    channel = models.CharField("kênh nộp", max_length=8, choices=Channel)
    # The desk that took it in need not be the solving agency's (phi địa giới).
    receiving_unit = models.ForeignKey(Unit, models.PROTECT, related_name="received_dossiers", verbose_name="nơi tiếp nhận")
    solving_agency = models.ForeignKey(Unit, models.PROTECT, related_name="solved_dossiers", verbose_name="cơ quan giải quyết")

    applicant = models.ForeignKey(Person, models.PROTECT, related_name="dossiers", verbose_name="người nộp")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="dossiers", verbose_name="tổ chức")
    owner_kind = models.SmallIntegerField("loại chủ hồ sơ", choices=OwnerKind, default=OwnerKind.CITIZEN)
    owner_name = models.CharField("chủ hồ sơ", max_length=200)
    owner_number = SealedField("số định danh chủ hồ sơ")
    phone = SealedField("số điện thoại")
    email = models.EmailField("thư điện tử", blank=True)
    address = SealedField("địa chỉ")
    subject = models.CharField("trích yếu", max_length=500, blank=True)
    answers = SealedJSONField("tờ khai")

    status = models.SmallIntegerField("trạng thái", choices=Status, default=Status.FILED)
    money = models.CharField("nghĩa vụ tài chính", max_length=8, choices=Money, default=Money.NONE)
    delivery = models.CharField("trả kết quả", max_length=8, choices=Delivery, default=Delivery.NONE)
    wants_post = models.BooleanField("nhận kết quả qua bưu chính", default=False)
    verified_account = models.BooleanField("tài khoản đã xác thực định danh", default=False)

    filed_at = models.DateTimeField("nộp lúc")
    # Complete and valid: the clock counts from here.
    received_at = models.DateTimeField("tiếp nhận lúc", null=True)
    # The promise printed on the receipt; later pauses move `due_at`, never this.
    promised_at = models.DateTimeField("hẹn trả lúc", null=True)
    # A cache of `deadline(dossier).due_at`; None while somebody else holds the clock. A command rebuilds it.
    due_at = models.DateTimeField("hạn trả", null=True)
    finished_at = models.DateTimeField("xử lý xong lúc", null=True)
    returned_at = models.DateTimeField("trả kết quả lúc", null=True)
    closed_reason = models.CharField("lý do kết thúc", max_length=1000, blank=True)
    # Counts changes: the key of synchronisation and of "somebody else was faster".
    revision = models.PositiveIntegerField("lần thay đổi", default=1)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        constraints = [
            models.CheckConstraint(
                name="received_unless_only_filed", condition=~Q(status__in=[2, 4, 9, 10]) | Q(received_at__isnull=False)
            ),
            models.CheckConstraint(name="finished_when_closed", condition=~Q(status__in=[3, 7, 8, 9, 10]) | Q(finished_at__isnull=False)),
            models.CheckConstraint(name="open_when_unfinished", condition=~Q(status__in=[1, 2, 4, 5, 6]) | Q(finished_at__isnull=True)),
            models.CheckConstraint(name="returned_has_moment", condition=~Q(status=10) | Q(returned_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["solving_agency", "-id"], name="dossier_of_agency"),
            models.Index(fields=["receiving_unit", "filed_at"], name="dossier_to_receive", condition=Q(status=1)),
            models.Index(fields=["receiving_unit", "-id"], name="dossier_of_desk"),
            models.Index(fields=["solving_agency", "due_at"], name="dossier_running", condition=Q(finished_at=None)),
            models.Index(fields=["solving_agency", "status", "-id"], name="dossier_by_status"),
            models.Index(fields=["solving_agency", "finished_at"], name="dossier_finished"),
            models.Index(fields=["applicant", "-id"], name="dossier_of_applicant"),
            models.Index(fields=["receiving_unit", "finished_at"], name="dossier_to_return", condition=Q(status=9)),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("desk-dossier", args=[self.code])

    def tracking_url(self):
        return reverse("track-dossier", args=[self.reference])

    @property
    def event_agency_id(self):
        return self.solving_agency_id

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def masked_owner_number(self):
        return mask(self.owner_number)


class Draft(models.Model):
    """What a citizen has typed so far: one open draft for each procedure and person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="drafts")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT)
    # Becomes the dossier's filing key: the same draft can be filed once only.
    filing_key = models.UUIDField(unique=True)
    answers = SealedJSONField("tờ khai")
    solving_agency = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    case = models.CharField(max_length=60, default="chung")
    page = models.CharField("trang đang điền", max_length=60, blank=True)
    saved_at = models.DateTimeField("lưu lúc")

    class Meta:
        verbose_name = "bản nháp"
        constraints = [models.UniqueConstraint(name="one_draft_per_procedure_and_person", fields=["person", "procedure"])]

    def __str__(self):
        return f"{self.person} – {self.procedure}"


class DraftPaper(models.Model):
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="papers")
    component = models.CharField("thành phần", max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT)
    file_name = models.CharField("tên tệp", max_length=200)
    added_at = models.DateTimeField("thêm lúc")

    class Meta:
        verbose_name = "giấy tờ của bản nháp"

    def __str__(self):
        return self.file_name


class Paper(models.Model):
    """One paper handed in: a file, sheets at the desk, or both."""

    class Form(models.TextChoices):
        ORIGINAL = "original", "bản chính"
        CERTIFIED = "certified", "bản sao chứng thực"
        COPY = "copy", "bản chụp"
        ELECTRONIC = "electronic", "bản điện tử"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="papers")
    component = models.CharField("thành phần", max_length=60)
    name = models.CharField("tên giấy tờ", max_length=500)
    form = models.CharField("loại bản", max_length=10, choices=Form, default=Form.ELECTRONIC)
    quantity = models.PositiveSmallIntegerField("số lượng", default=1)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField("tên tệp", max_length=200, blank=True)
    # DuocSoHoa and DuocLayTuKhoDMQG of the national portal.
    digitised = models.BooleanField("đã số hóa", default=False)
    reused = models.BooleanField("lấy từ kho dữ liệu", default=False)
    added_at = models.DateTimeField("nhận lúc")
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # Papers are replaced, never removed.
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")

    class Meta:
        verbose_name = "giấy tờ"

    def __str__(self):
        return self.name


class StepQuerySet(models.QuerySet["Step"]):
    def open(self):
        return self.filter(finished_at=None)

    def waiting_at(self, unit_ids):
        return self.filter(finished_at=None, unit_id__in=unit_ids)


class Step(models.Model):
    """A step of the internal route that was opened, at a unit, until it is finished."""

    class Conclusion(models.TextChoices):
        DONE = "done", "hoàn thành"
        SENT_BACK = "sent_back", "trả lại bước trước"
        REJECTED = "rejected", "đề xuất từ chối"
        CANCELLED = "cancelled", "hủy"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="steps")
    key = models.CharField("bước", max_length=60)
    name = models.CharField("tên bước", max_length=200)
    does = models.CharField("việc", max_length=10, default="handle")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="steps", verbose_name="đơn vị")
    role = models.CharField("vai trò", max_length=14, choices=Role)
    assignee = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name="người thụ lý")
    opened_at = models.DateTimeField("chuyển đến lúc")
    # The step's own share of the time, and a copy of the dossier's legal due moment for sorting queues.
    due_at = models.DateTimeField("hạn của bước", null=True)
    legal_due_at = models.DateTimeField("hạn của hồ sơ", null=True)
    finished_at = models.DateTimeField("xong lúc", null=True)
    finished_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người thực hiện")
    # By delegation: in whose place.
    acting_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thay cho")
    conclusion = models.CharField("kết luận", max_length=10, choices=Conclusion, blank=True)
    note = models.CharField("ý kiến", max_length=2000, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "bước xử lý"
        constraints = [
            models.UniqueConstraint(name="one_open_step_per_key", fields=["dossier", "key"], condition=Q(finished_at=None)),
            models.CheckConstraint(name="finished_step_has_conclusion", condition=Q(finished_at=None) | ~Q(conclusion="")),
        ]
        indexes = [
            models.Index(fields=["unit", "legal_due_at", "id"], name="step_queue", condition=Q(finished_at=None)),
            models.Index(fields=["dossier", "id"], name="step_of_dossier"),
        ]

    def __str__(self):
        return self.name


class Pause(models.Model):
    """A time when the clock stands still, and why."""

    class Reason(models.TextChoices):
        SUPPLEMENT = "supplement", "chờ bổ sung hồ sơ"
        FEE = "fee", "chờ thực hiện nghĩa vụ tài chính"
        EXTERNAL = "external", "chờ kết quả của cơ quan ngoài"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pauses")
    reason = models.CharField("lý do", max_length=12, choices=Reason)
    started_at = models.DateTimeField("từ lúc")
    ended_at = models.DateTimeField("đến lúc", null=True)

    class Meta:
        verbose_name = "thời gian tạm dừng"
        constraints = [
            models.UniqueConstraint(name="one_open_pause_per_dossier", fields=["dossier"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="pause_ends_after_it_starts", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))),
        ]

    def __str__(self):
        return self.get_reason_display()


class SupplementRequest(models.Model):
    """Everything that is missing, asked for once (form 02)."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="supplement_request")
    # [{"component": key, "name": …, "what": …}]
    items = models.JSONField("giấy tờ cần bổ sung")
    reason = models.CharField("lý do", max_length=2000)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("yêu cầu lúc")
    answer_by = models.DateField("bổ sung trước ngày", null=True)
    answered_at = models.DateTimeField("bổ sung lúc", null=True)
    answer_note = models.CharField("ghi chú của công dân", max_length=2000, blank=True)

    class Meta:
        verbose_name = "yêu cầu bổ sung"

    def __str__(self):
        return f"Bổ sung {self.dossier}"


class Extension(models.Model):
    """An apology with a new date (form 04): once, and before the old date has passed."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="extension")
    old_due_at = models.DateTimeField("hạn cũ")
    new_due_at = models.DateTimeField("hạn mới")
    reason = models.CharField("lý do", max_length=2000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người ký")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "xin lỗi và gia hạn"
        constraints = [models.CheckConstraint(name="extension_moves_on", condition=Q(new_due_at__gt=F("old_due_at")))]

    def __str__(self):
        return f"Gia hạn {self.dossier}"


class Opinion(models.Model):
    """A question to another agency, with its own deadline."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="opinions")
    agency = models.ForeignKey(Unit, models.PROTECT, related_name="opinions_asked", verbose_name="cơ quan được hỏi")
    question = models.CharField("nội dung xin ý kiến", max_length=2000)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("hỏi lúc")
    due_at = models.DateTimeField("trả lời trước")
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    agrees = models.BooleanField("đồng ý", null=True)
    answer = models.CharField("trả lời", max_length=4000, blank=True)

    class Meta:
        verbose_name = "lấy ý kiến"
        constraints = [
            models.UniqueConstraint(name="one_open_opinion_per_agency", fields=["dossier", "agency"], condition=Q(answered_at=None))
        ]
        indexes = [models.Index(fields=["agency", "due_at"], name="opinion_queue", condition=Q(answered_at=None))]

    def __str__(self):
        return f"Ý kiến của {self.agency}"


class Result(models.Model):
    """The document that answers the request: drafted, then signed by a leader, then sealed by the agency."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="results")
    outcome_code = models.CharField("mã kết quả", max_length=40, blank=True)
    name = models.CharField("tên kết quả", max_length=500)
    grants = models.BooleanField("chấp thuận", default=True)
    # What the specialist wrote: the body of the document.
    content = SealedJSONField("nội dung")
    draft_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    reference = models.CharField(max_length=24, unique=True, default=new_reference, editable=False)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("dự thảo lúc")
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ký lúc", null=True)
    sealed_at = models.DateTimeField("đóng dấu lúc", null=True)
    signature_level = models.CharField("mức chữ ký", max_length=10, blank=True)

    class Meta:
        verbose_name = "kết quả"
        constraints = [models.UniqueConstraint(name="one_result_number", fields=["number"], condition=~Q(number=""))]

    def __str__(self):
        return self.name


class Rating(models.Model):
    """How the citizen found it (three grades of the national portal), and what they wrote."""

    class Grade(models.IntegerChoices):
        VERY_GOOD = 3, "Rất hài lòng"
        GOOD = 2, "Hài lòng"
        BAD = 1, "Không hài lòng"

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="rating")
    grade = models.SmallIntegerField("mức độ", choices=Grade)
    comment = models.CharField("góp ý", max_length=2000, blank=True)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "đánh giá"

    def __str__(self):
        return self.get_grade_display()


class Transfer(models.Model):
    """Work went from a unit to its successor: what was received and signed keeps its old name."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="transfers")
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField("căn cứ", max_length=500)
    at = models.DateTimeField("lúc", db_default=Now())

    class Meta:
        verbose_name = "chuyển hồ sơ sang đơn vị kế thừa"

    def __str__(self):
        return f"{self.from_unit} → {self.to_unit}"
