"""What the national portal knows of each dossier, and what it has yet to be told."""

from django.db import models
from django.db.models import Q

from tinhso.dossiers.models import Dossier, Status


class Sync(models.Model):
    """One dossier at the portal: what was sent last, and what the portal said when it was asked."""

    class Difference(models.TextChoices):
        NONE = "", "khớp"
        MISSING = "missing", "Cổng quốc gia chưa có hồ sơ"
        STATUS = "status", "trạng thái khác nhau"

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="national_portal", verbose_name="hồ sơ")
    # The portal has taken the record at least once: from then on it is replaced, not made.
    known = models.BooleanField("Cổng đã nhận", default=False)
    revision = models.PositiveIntegerField("lần thay đổi đã gửi", default=0)
    status = models.PositiveSmallIntegerField("trạng thái đã gửi", null=True, choices=Status)
    digest = models.CharField("mã băm đã gửi", max_length=64, blank=True, default="")
    sent_at = models.DateTimeField("gửi lúc", null=True)
    checked_at = models.DateTimeField("đối chiếu lúc", null=True)
    portal_status = models.PositiveSmallIntegerField("trạng thái tại Cổng", null=True)
    difference = models.CharField("chênh lệch", max_length=8, choices=Difference, blank=True, default="")

    class Meta:
        verbose_name = "đồng bộ hồ sơ"
        indexes = [
            models.Index(fields=["checked_at"], name="sync_to_check"),
            models.Index(fields=["dossier"], name="sync_different", condition=~Q(difference="")),
        ]

    def __str__(self):
        return str(self.dossier_id)


class Message(models.Model):
    """One thing that happened to a dossier and that the portal has yet to hear, after those before it; gone when heard."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+", verbose_name="hồ sơ")
    # No foreign key: the ledger is the kernel's. Empty when a reconciliation asked for the record again.
    event_id = models.BigIntegerField("sự kiện", null=True)
    next_try_at = models.DateTimeField("thử lúc")
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    # The portal's own sentence, or why it could not be reached.
    error = models.CharField("lỗi", max_length=1000, blank=True, default="")
    failed_at = models.DateTimeField("bị từ chối lúc", null=True)
    given_up_at = models.DateTimeField("ngừng thử lúc", null=True)

    class Meta:
        verbose_name = "tin chờ gửi"
        constraints = [models.UniqueConstraint(name="one_message_per_event", fields=["dossier", "event_id"])]
        indexes = [
            models.Index(fields=["next_try_at"], name="portal_message_due", condition=Q(given_up_at=None)),
            models.Index(fields=["dossier", "id"], name="portal_message_order"),
        ]

    def __str__(self):
        return f"{self.dossier_id} ← {self.event_id}"


class Line(models.Model):
    """Whether the portal answers at all: one row."""

    failures = models.PositiveIntegerField("số lần hỏng liên tiếp", default=0)
    next_try_at = models.DateTimeField("thử lại lúc", null=True)
    error = models.CharField("lỗi", max_length=500, blank=True, default="")
    answered_at = models.DateTimeField("trả lời gần nhất lúc", null=True)
    reconciled_at = models.DateTimeField("đối chiếu xong lúc", null=True)

    class Meta:
        verbose_name = "đường truyền"
        constraints = [models.CheckConstraint(name="one_line", condition=Q(pk=1))]

    def __str__(self):
        return self.error or "thông suốt"
