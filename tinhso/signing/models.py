"""Certificates, what was signed with them, whom we trust, and how the time-stamp service fares."""

from django.db import models
from django.db.models import F, Q

from tinhso.directory.models import Person, Unit


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def usable(self, moment):
        """Return the certificates with which one may sign at a moment."""
        return self.filter(valid_from__lte=moment, valid_to__gt=moment, revoked_at=None)


class Certificate(models.Model):
    """A certificate of an official or an agency. The key itself is elsewhere: a sealed file or a PKCS#11 token."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="người")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="cơ quan")
    serial = models.CharField("số sê-ri", max_length=50, unique=True)
    subject = models.CharField("chủ thể", max_length=500)
    issuer = models.CharField("nơi cấp", max_length=500)
    valid_from = models.DateTimeField("hiệu lực từ")
    valid_to = models.DateTimeField("hiệu lực đến")
    chain = models.TextField("chuỗi chứng thư (PEM, chứng thư của chủ thể trước)")
    # "file:<name>" inside the key folder, or a "pkcs11:" address.
    key_location = models.CharField("nơi giữ khóa", max_length=300)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "chứng thư số"
        constraints = [
            models.CheckConstraint(
                name="certificate_has_one_holder",
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
            ),
            models.CheckConstraint(name="certificate_ends_after_it_begins", condition=Q(valid_to__gt=F("valid_from"))),
        ]

    def __str__(self):
        return f"{self.subject} ({self.serial})"


class SignatureIntent(models.Model):
    """What is about to be signed, on record before the key is used.

    Written apart from the caller's transaction, so that a crash or a rollback leaves it behind;
    a sweep later finds it `made` (and its file stored) or voids it. No foreign keys for that reason.
    """

    class State(models.TextChoices):
        OPEN = "open", "sắp ký"
        MADE = "made", "đã ký, chưa ghi sổ"
        KEPT = "kept", "đã ghi sổ"
        VOID = "void", "không thành"

    state = models.CharField("trạng thái", max_length=4, choices=State, default=State.OPEN)
    digest = models.CharField("SHA-256 của bản trình ký", max_length=64)
    certificate_serial = models.CharField("chứng thư", max_length=50)
    person_id = models.BigIntegerField("người ký")
    unit_id = models.BigIntegerField("ký cho cơ quan")
    kind = models.CharField("loại", max_length=8)
    reason = models.CharField("lý do", max_length=300, blank=True)
    at = models.DateTimeField("lúc")
    signed_sha256 = models.CharField("SHA-256 của bản đã ký", max_length=64, blank=True)
    level = models.CharField("mức", max_length=5, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True)

    class Meta:
        verbose_name = "ý định ký"
        indexes = [models.Index(fields=["at"], name="unsettled_intent", condition=Q(state__in=["open", "made"]))]

    def __str__(self):
        return f"{self.get_state_display()} {self.digest[:12]}"


class SignatureRecord(models.Model):
    """One signature that was made: the register of the use of keys."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "chữ ký số của người có thẩm quyền"
        SEAL = "seal", "chữ ký số của cơ quan"

    class Stamp(models.TextChoices):
        STAMPED = "stamped", "đã có dấu thời gian"
        WAITING = "waiting", "chờ dấu thời gian"
        NONE = "none", "không dùng dấu thời gian"

    intent = models.OneToOneField(SignatureIntent, models.PROTECT, related_name="record", verbose_name="ý định ký")
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="signatures", verbose_name="chứng thư")
    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures", verbose_name="người ký")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="signatures", verbose_name="cơ quan")
    kind = models.CharField("loại", max_length=8, choices=Kind)
    at = models.DateTimeField("ký lúc")
    digest = models.CharField("SHA-256 trước khi ký", max_length=64)
    sha256 = models.CharField("SHA-256 sau khi ký", max_length=64, db_index=True)
    level = models.CharField("mức", max_length=5)
    stamp = models.CharField("dấu thời gian", max_length=8, choices=Stamp)
    stamp_note = models.CharField("ghi chú dấu thời gian", max_length=300, blank=True)
    # The same document with the time stamp that came later.
    stamped_sha256 = models.CharField("SHA-256 khi đã có dấu thời gian", max_length=64, blank=True)
    stamped_at = models.DateTimeField("có dấu thời gian lúc", null=True, blank=True)

    class Meta:
        verbose_name = "lần ký"
        indexes = [models.Index(fields=["at"], name="signature_waits_for_stamp", condition=Q(stamp="waiting"))]

    def __str__(self):
        return f"{self.person} ký {self.sha256[:12]}"

    @property
    def event_agency_id(self):
        return self.unit.event_agency_id


class TrustAnchor(models.Model):
    """A certificate we trust because an administrator said so, for a purpose and a time."""

    class Purpose(models.TextChoices):
        SIGNING = "signing", "chữ ký"
        STAMPING = "stamping", "dấu thời gian"
        BOTH = "both", "chữ ký và dấu thời gian"

    name = models.CharField("tên", max_length=200)
    pem = models.TextField("chứng thư (PEM)")
    fingerprint = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    purpose = models.CharField("dùng cho", max_length=8, choices=Purpose, default=Purpose.BOTH)
    valid_from = models.DateField("tin cậy từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    class Meta:
        verbose_name = "gốc tin cậy"
        constraints = [models.CheckConstraint(name="anchor_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))]

    def __str__(self):
        return self.name

    @property
    def event_agency_id(self):
        return None


class StampService(models.Model):
    """How the time-stamp service fares: one row per address."""

    url = models.CharField("địa chỉ", max_length=300, unique=True)
    last_ok_at = models.DateTimeField("trả lời gần nhất", null=True)
    failing_since = models.DateTimeField("không trả lời từ", null=True)
    tried_at = models.DateTimeField("thử gần nhất", null=True)
    fault = models.CharField("lỗi", max_length=300, blank=True)

    class Meta:
        verbose_name = "dịch vụ cấp dấu thời gian"

    def __str__(self):
        return self.url
