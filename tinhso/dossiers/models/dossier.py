"""What was filed: the dossier, its papers, and what a citizen has typed so far."""

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from tinhso.directory.models import Organisation, Person, Unit
from tinhso.kernel.models import StoredFile
from tinhso.kernel.vault import SealedField, SealedJSONField, mask
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import Procedure, ProcedureVersion, definition_of


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
    # When the desk must have answered an online dossier (8 working hours); a cache like `due_at`.
    check_due_at = models.DateTimeField("hạn kiểm tra", null=True)
    # Complete and valid: the clock counts from here.
    received_at = models.DateTimeField("tiếp nhận lúc", null=True)
    # The promise printed on the receipt; later pauses move `due_at`, never this.
    promised_at = models.DateTimeField("hẹn trả lúc", null=True)
    # A cache of `deadline(dossier).due_at`; None while somebody else holds the clock. A command rebuilds it.
    due_at = models.DateTimeField("hạn trả", null=True)
    finished_at = models.DateTimeField("xử lý xong lúc", null=True)
    returned_at = models.DateTimeField("trả kết quả lúc", null=True)
    # Steps that were asked for while another branch that leads there still runs (see rules/route.py).
    waiting_steps = models.JSONField("bước đang chờ hội tụ", default=list, blank=True)
    closed_reason = models.CharField("lý do kết thúc", max_length=1000, blank=True)
    # Counts changes: the key of synchronisation and of "somebody else was faster".
    revision = models.PositiveIntegerField("lần thay đổi", default=1)
    # When the row was last changed, by the clock of the machine: what other systems ask "since when" about.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

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
            models.Index(fields=["solving_agency", "received_at"], name="dossier_arrived", condition=Q(received_at__isnull=False)),
            models.Index(fields=["applicant", "-id"], name="dossier_of_applicant"),
            models.Index(fields=["receiving_unit", "finished_at"], name="dossier_to_return", condition=Q(status=9)),
            models.Index(fields=["solving_agency", "updated_at", "id"], name="dossier_changes"),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("desk-dossier", args=[self.code])

    def tracking_url(self):
        return reverse("track-dossier", args=[self.reference])

    @property
    def definition(self) -> Definition:
        """Return what the procedure said when the dossier was filed."""
        return definition_of(self.version_id)

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
