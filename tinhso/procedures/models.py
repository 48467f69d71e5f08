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
    # The longest name of the national catalogue has 1,094 letters.
    name = models.TextField("tên")
    field = models.CharField("lĩnh vực", max_length=300)
    levels = models.JSONField("cấp thực hiện", default=list)
    service = models.CharField("mức độ dịch vụ", max_length=12)
    life_events = models.JSONField("sự kiện cuộc đời", default=list)
    keywords = models.JSONField("từ người dân dùng", default=list)
    # Results and agency in words: searched beside the name.
    aside = models.TextField(default="", editable=False)
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


class ImportRun(models.Model):
    """A file of procedures that somebody imported, with what became of its records."""

    file_name = models.CharField("tệp", max_length=200)
    file_digest = models.CharField("SHA-256 của tệp", max_length=64)
    valid_from = models.DateField("hiệu lực từ")
    by = models.ForeignKey("directory.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người nhập")
    at = models.DateTimeField("lúc")
    read = models.PositiveIntegerField("số bản ghi đọc được")
    new = models.PositiveIntegerField("thủ tục mới")
    changed = models.PositiveIntegerField("thủ tục thay đổi")
    unchanged = models.PositiveIntegerField("giữ nguyên")
    waiting = models.PositiveIntegerField("để bản nháp chờ xem")
    rejected = models.PositiveIntegerField("không nhận")

    class Meta:
        verbose_name = "lần nhập thủ tục"
        constraints = [
            models.CheckConstraint(
                name="every_record_read_is_accounted_for",
                condition=Q(read=F("new") + F("changed") + F("unchanged") + F("waiting") + F("rejected")),
            ),
        ]

    def __str__(self):
        return f"{self.file_name} ({self.read} bản ghi)"

    @property
    def loaded(self) -> int:
        return self.read - self.rejected


class ImportFinding(models.Model):
    """What is missing or wrong in one record of an imported file."""

    class Severity(models.TextChoices):
        REJECTED = "rejected", "không nhận"
        CONTRADICTION = "contradiction", "mâu thuẫn"
        INCOMPLETE = "incomplete", "thiếu"
        NOTE = "note", "lưu ý"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="findings", verbose_name="lần nhập")
    position = models.PositiveIntegerField("bản ghi thứ")
    code = models.CharField("mã thủ tục", max_length=40, blank=True)
    name = models.TextField("tên", blank=True)
    severity = models.CharField("mức", max_length=13, choices=Severity)
    kind = models.CharField("loại", max_length=16)
    message = models.TextField("nội dung")
    # The record itself, kept where it was not loaded.
    record = models.JSONField("bản ghi", null=True, blank=True)

    class Meta:
        verbose_name = "nhận xét khi nhập"
        indexes = [models.Index(fields=["run", "severity", "position"], name="finding_of_run")]

    def __str__(self):
        return f"{self.position} {self.code}: {self.message}"
