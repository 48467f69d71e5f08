"""What comes out: the result, what the citizen thought of it, and where the work moved."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tinhso.directory.models import Person, Unit
from tinhso.dossiers.models.dossier import Dossier, new_reference
from tinhso.kernel.models import StoredFile
from tinhso.kernel.vault import SealedJSONField


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
    # The agency that signs; with the year it makes the number unique.
    agency = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="cơ quan ban hành")
    year = models.PositiveSmallIntegerField("năm", null=True)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    reference = models.CharField(max_length=24, unique=True, default=new_reference, editable=False)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("dự thảo lúc")
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    # By delegation: in whose place.
    signed_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="ký thay")
    signed_at = models.DateTimeField("ký lúc", null=True)
    sealed_at = models.DateTimeField("đóng dấu lúc", null=True)
    signature_level = models.CharField("mức chữ ký", max_length=10, blank=True)

    class Meta:
        verbose_name = "kết quả"
        constraints = [
            models.UniqueConstraint(name="one_unsigned_result_per_dossier", fields=["dossier"], condition=Q(signed_at=None)),
            models.UniqueConstraint(name="one_result_number", fields=["agency", "year", "number"], condition=~Q(number="")),
        ]
        indexes = [models.Index(fields=["dossier"], name="result_that_says_no", condition=Q(grants=False))]

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
