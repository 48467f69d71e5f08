"""What is written down about access: readings of personal data, keys of systems, failed sign-ins."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from tinhso.directory.models.people import Person
from tinhso.directory.models.units import Unit


class Reading(models.Model):
    """Somebody read a citizen's record: the citizen sees who, when and why."""

    citizen = models.ForeignKey(Person, models.CASCADE, related_name="readings_of_me", verbose_name="công dân")
    reader = models.ForeignKey(Person, models.PROTECT, related_name="readings", verbose_name="người xem")
    agency = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="cơ quan")
    what = models.CharField("dữ liệu", max_length=120)
    purpose = models.CharField("mục đích", max_length=200)
    dossier_code = models.CharField("mã hồ sơ", max_length=60, blank=True)
    at = models.DateTimeField("lúc", db_default=Now())

    class Meta:
        verbose_name = "lượt xem dữ liệu cá nhân"
        indexes = [models.Index(fields=["citizen", "-at"], name="reading_of_citizen")]

    def __str__(self):
        return f"{self.reader} xem {self.what}"


class Token(models.Model):
    """The key of an outside system to the API; only its hash is kept."""

    system = models.ForeignKey(Person, models.CASCADE, related_name="tokens", verbose_name="hệ thống")
    label = models.CharField("tên", max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("phạm vi", default=list)
    created_at = models.DateTimeField("tạo lúc", db_default=Now(), editable=False)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người tạo")
    agencies = models.ManyToManyField(Unit, blank=True, verbose_name="cơ quan được phép")
    expires_at = models.DateTimeField("hết hạn", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi", null=True, blank=True)

    class Meta:
        verbose_name = "mã truy cập API"

    def __str__(self):
        return self.label

    def is_live(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)


class FailedSignIn(models.Model):
    """A sign-in that failed: what the lock-out counts. Kept a day, then removed."""

    # HMAC of the user name, so that a password typed into the wrong field is not kept.
    account = models.CharField("tài khoản", max_length=40)
    address = models.CharField("địa chỉ mạng", max_length=45)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lần đăng nhập hỏng"
        indexes = [
            models.Index(fields=["account", "at"], name="failure_of_account"),
            models.Index(fields=["address", "at"], name="failure_of_address"),
        ]

    def __str__(self):
        return f"{self.at} {self.address}"
