"""The catalogue: procedures and their frozen versions."""

from datetime import date
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tinhso.procedures.definition import Definition


class Procedure(models.Model):
    """An administrative procedure, known by its national code."""

    code = models.CharField("mã thủ tục", max_length=40, unique=True)

    class Meta:
        verbose_name = "thủ tục hành chính"

    def __str__(self):
        return self.code


class VersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def on(self, day: date):
        """Return the versions in force on a day."""
        return self.filter(state=ProcedureVersion.State.PUBLISHED, valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def fileable(self):
        """Return the versions that dossiers can be filed under: they have a route."""
        return self.filter(has_route=True)


class ProcedureVersion(models.Model):
    """What a procedure says from a day to a day. Published versions never change; a dossier keeps its own."""

    class State(models.TextChoices):
        DRAFT = "draft", "bản nháp"
        PUBLISHED = "published", "đang công khai"

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("phiên bản")
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.PUBLISHED)
    valid_from = models.DateField("hiệu lực từ")
    valid_to = models.DateField("hết hiệu lực", null=True, blank=True)
    content = models.JSONField("nội dung")
    # Columns that lists and searches need, written from the content.
    name = models.CharField("tên", max_length=1000)
    field = models.CharField("lĩnh vực", max_length=200)
    levels = models.JSONField("cấp thực hiện", default=list)
    service = models.CharField("mức độ dịch vụ", max_length=12)
    has_route = models.BooleanField("nộp được tại đây", default=False)
    source = models.CharField("nguồn", max_length=40, default="tinhso")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản thủ tục"
        constraints = [
            models.UniqueConstraint(name="one_version_number_per_procedure", fields=["procedure", "number"]),
        ]
        indexes = [GinIndex(fields=["levels"], name="version_by_level")]

    def __str__(self):
        return f"{self.procedure_id}/{self.number} {self.name}"

    @property
    def definition(self) -> Definition:
        return definition_of(self.pk) if self.pk else Definition.model_validate(self.content)


@lru_cache(maxsize=4096)
def definition_of(version_id: int) -> Definition:
    """Return the parsed definition of a version; published versions never change, so it is kept."""
    return Definition.model_validate(ProcedureVersion.objects.values_list("content", flat=True).get(pk=version_id))
