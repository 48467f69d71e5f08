"""The catalogue: procedures and their frozen versions."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Now

from tinhso.procedures.definition import Definition


class Procedure(models.Model):
    """An administrative procedure, known by its national code."""

    code = models.CharField("mã thủ tục", max_length=40, unique=True)

    class Meta:
        verbose_name = "thủ tục hành chính"

    def __str__(self):
        return self.code

    def next_number(self) -> int:
        return (self.versions.aggregate(highest=Max("number"))["highest"] or 0) + 1


class VersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def on(self, day: date):
        """Return the versions in force on a day."""
        return self.published().filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def published(self):
        return self.filter(state=ProcedureVersion.State.PUBLISHED)

    def fileable(self):
        """Return the versions that dossiers can be filed under: they have a route."""
        return self.filter(has_route=True)

    def newest(self, codes: Iterable[str]):
        """Return the newest published version of each procedure, among these versions."""
        ordered = self.published().filter(procedure__code__in=list(codes)).order_by("procedure_id", "-valid_from", "-number")
        return ordered.distinct("procedure_id").select_related("procedure").defer("content")


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
    # Fingerprint of the content: the same text makes no new version.
    digest = models.CharField(max_length=64, default="", editable=False)
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
            models.UniqueConstraint(
                name="one_version_without_end_per_procedure", fields=["procedure"], condition=Q(state="published", valid_to=None)
            ),
            # Equal days: a version replaced on its first day was never in force.
            models.CheckConstraint(name="version_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
        ]
        indexes = [GinIndex(fields=["levels"], name="version_by_level")]

    def __str__(self):
        return f"{self.procedure_id}/{self.number} {self.name}"

    @property
    def definition(self) -> Definition:
        # A draft may still change, so it is never kept.
        if not self.pk or self.state == self.State.DRAFT:
            return Definition.model_validate(self.content)
        return definition_of(self.pk)


@lru_cache(maxsize=4096)
def definition_of(version_id: int) -> Definition:
    """Return the parsed definition of a version; published versions never change, so it is kept."""
    return Definition.model_validate(ProcedureVersion.objects.values_list("content", flat=True).get(pk=version_id))
