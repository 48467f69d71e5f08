"""Which systems are told of what happens, and what still has to be told."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tinhso.directory.models import Token
from tinhso.kernel.vault import SealedField


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def running(self, moment):
        """Return the subscriptions whose token still opens the door; a suspended one keeps what it missed."""
        return self.filter(ended_at=None, token__revoked_at=None, token__system__is_active=True).filter(
            Q(token__expires_at=None) | Q(token__expires_at__gt=moment)
        )


class Subscription(models.Model):
    """A system wants to be told, at an address of its own, of what happens in the agencies of its token."""

    token = models.ForeignKey(Token, models.PROTECT, related_name="subscriptions", verbose_name="mã truy cập")
    url = models.URLField("địa chỉ nhận", max_length=500)
    # Empty: everything that is offered, also what later releases offer.
    kinds = models.JSONField("loại sự kiện", default=list)
    secret = SealedField("khóa ký")
    created_at = models.DateTimeField("tạo lúc", db_default=Now(), editable=False)
    ended_at = models.DateTimeField("kết thúc lúc", null=True)
    # The receiver as a whole does not answer: nothing is tried before, and its failures in a row.
    next_try_at = models.DateTimeField("thử lại lúc", null=True)
    failures = models.PositiveIntegerField("số lần hỏng liên tiếp", default=0)
    # Silent for more than a day: waits for its owner, loses nothing.
    suspended_at = models.DateTimeField("tạm ngừng lúc", null=True)
    error = models.CharField("lỗi gần nhất", max_length=500, blank=True, default="")
    sent = models.PositiveBigIntegerField("đã giao", default=0)
    last_sent_at = models.DateTimeField("giao gần nhất lúc", null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "đăng ký nhận sự kiện"
        constraints = [
            models.UniqueConstraint(name="one_subscription_per_address", fields=["token", "url"], condition=Q(ended_at=None)),
        ]

    def __str__(self):
        return f"{self.token} → {self.url}"


class Notice(models.Model):
    """One event that one subscriber has yet to hear; gone when heard."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="notices")
    # No foreign key: the ledger is the kernel's, and its rows are never removed.
    event_id = models.BigIntegerField("sự kiện")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    next_try_at = models.DateTimeField("thử lúc")
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    error = models.CharField("lỗi", max_length=500, blank=True, default="")
    given_up_at = models.DateTimeField("ngừng thử lúc", null=True)

    class Meta:
        verbose_name = "thông báo chờ giao"
        constraints = [models.UniqueConstraint(name="one_notice_per_event", fields=["subscription", "event_id"])]
        indexes = [
            models.Index(fields=["next_try_at"], name="notice_due", condition=Q(given_up_at=None)),
            models.Index(fields=["subscription", "subject_kind", "subject_id", "id"], name="notice_of_subject"),
        ]

    def __str__(self):
        return f"{self.subscription_id} ← {self.event_id}"
