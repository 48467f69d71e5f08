"""Certificates, what was signed with them, and whom we trust."""

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from tinhso.directory.models import Person, Unit
from tinhso.kernel.models import StoredFile


class RevocationReason(models.TextChoices):
    """The reasons of RFC 5280 that an office can give."""

    KEY_COMPROMISE = "key_compromise", "lộ khóa hoặc mất thiết bị lưu khóa"
    AFFILIATION_CHANGED = "affiliation_changed", "thay đổi chức vụ, đơn vị công tác"
    SUPERSEDED = "superseded", "đã cấp chứng thư thay thế"
    CESSATION = "cessation_of_operation", "cơ quan giải thể, người ký nghỉ việc"


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
    revocation_reason = models.CharField("lý do thu hồi", max_length=30, blank=True, choices=RevocationReason)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "chứng thư số"
        constraints = [
            models.CheckConstraint(
                name="certificate_has_one_holder",
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
            ),
            # Two workers may issue for the same holder at the same moment; the second finds the first's.
            models.UniqueConstraint(name="one_certificate_of_person_from", fields=["person", "valid_from"]),
            models.UniqueConstraint(name="one_certificate_of_unit_from", fields=["unit", "valid_from"]),
            models.CheckConstraint(name="certificate_ends_after_it_begins", condition=Q(valid_to__gt=F("valid_from"))),
        ]

    def __str__(self):
        return f"{self.subject} ({self.serial})"

    @property
    def holder(self):
        return self.person or self.unit

    @property
    def has_ended(self):
        return self.valid_to <= now()

    @property
    def key_place(self):
        return "thiết bị PKCS#11" if self.key_location.startswith("pkcs11:") else "tệp mã hóa"

    @property
    def event_agency_id(self):
        return self.unit.event_agency_id if self.unit else None


class SignatureQuerySet(models.QuerySet["Signature"]):
    def waiting(self):
        """Return the signatures whose time stamp has not come yet."""
        return self.filter(stamp=Signature.Stamp.WAITING)


class Signature(models.Model):
    """One signature that was made: the register of the use of keys."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "chữ ký số của người có thẩm quyền"
        AGENCY = "agency", "chữ ký số của cơ quan"

    class Stamp(models.TextChoices):
        STAMPED = "stamped", "đã có dấu thời gian"
        WAITING = "waiting", "chờ dấu thời gian"
        NONE = "none", "không dùng dấu thời gian"

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="signatures", verbose_name="chứng thư")
    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures", verbose_name="người ký")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="signatures", verbose_name="cơ quan")
    kind = models.CharField("loại", max_length=8, choices=Kind)
    reason = models.CharField("lý do", max_length=300, blank=True)
    at = models.DateTimeField("ký lúc")
    digest = models.CharField("SHA-256 trước khi ký", max_length=64)
    sha256 = models.CharField("SHA-256 sau khi ký", max_length=64, db_index=True)
    level = models.CharField("mức", max_length=5)
    stamp = models.CharField("dấu thời gian", max_length=8, choices=Stamp)
    stamp_note = models.CharField("ghi chú dấu thời gian", max_length=300, blank=True)
    # The same document with the time stamp that came later.
    stamped_sha256 = models.CharField("SHA-256 khi đã có dấu thời gian", max_length=64, blank=True)
    stamped_at = models.DateTimeField("có dấu thời gian lúc", null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "lần ký"
        indexes = [models.Index(fields=["at"], name="signature_waits_for_stamp", condition=Q(stamp="waiting"))]

    def __str__(self):
        return f"{self.person} ký {self.sha256[:12]}"

    @property
    def event_agency_id(self):
        return self.unit.event_agency_id


class SignatureImage(models.Model):
    """The picture of an official's hand or of an agency's seal, drawn into the visible signature."""

    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="signature_image", verbose_name="người")
    unit = models.OneToOneField(Unit, models.PROTECT, null=True, blank=True, related_name="seal_image", verbose_name="cơ quan")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="tệp PNG")

    class Meta:
        verbose_name = "mẫu chữ ký, mẫu dấu"
        constraints = [
            models.CheckConstraint(
                name="image_has_one_owner",
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.person or self.unit}"


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
        constraints = [
            models.CheckConstraint(name="anchor_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
        ]

    def __str__(self):
        return self.name

    @property
    def event_agency_id(self):
        return None
