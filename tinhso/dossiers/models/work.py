"""What happens to a dossier: steps, waiting times, what was asked and answered, promises moved."""

from django.db import models
from django.db.models import F, Q

from tinhso.directory.models import Person, Role, Unit
from tinhso.dossiers.models.dossier import Dossier


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
