"""Agencies, divisions and desks, their codes in several systems, and who takes over from whom."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.folding import fold, sort_key, tidy


class UnitQuerySet(models.QuerySet["Unit"]):
    def on(self, day: date):
        """Return the units that exist on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def agencies(self):
        return self.filter(kind__in=[Unit.Kind.PROVINCE, Unit.Kind.DEPARTMENT, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE, Unit.Kind.CENTRE])


class Unit(models.Model):
    """An agency, a division of one, or its one-stop desk, for as long as it exists."""

    class Kind(models.TextChoices):
        PROVINCE = "province", "UBND tỉnh"
        DEPARTMENT = "department", "sở, ban, ngành"
        DISTRICT = "district", "UBND cấp huyện"
        COMMUNE = "commune", "UBND cấp xã"
        CENTRE = "centre", "trung tâm phục vụ hành chính công"
        DIVISION = "division", "phòng, bộ phận chuyên môn"
        DESK = "desk", "Bộ phận Một cửa"

    kind = models.CharField("loại", max_length=12, choices=Kind)
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên ngắn", max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="cấp trên")
    # The agency a division or desk belongs to; an agency points at itself.
    agency = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name="cơ quan")
    # What kind of work it does ("tu-phap", "dat-dai"…): routes name a field, not a unit.
    fields = models.JSONField("lĩnh vực", default=list, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    folded_name = models.CharField(max_length=200, editable=False, default="")
    sort_name = models.CharField(max_length=2000, editable=False, default="", db_collation="C")
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        constraints = [
            models.CheckConstraint(name="unit_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))),
        ]
        indexes = [models.Index(fields=["kind", "sort_name"], name="unit_by_kind")]

    def __str__(self):
        return self.name

    def save(self, *args, **options):
        self.name = tidy(self.name)
        self.folded_name, self.sort_name = fold(self.name), sort_key(self.name)
        super().save(*args, **options)

    @property
    def event_agency_id(self):
        return self.agency_id or self.pk

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


class UnitCodeQuerySet(models.QuerySet["UnitCode"]):
    def held_on(self, day: date):
        """Return the codes as they were given out on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))


class UnitCode(models.Model):
    """A code of a unit in one system, for a time. A code means nothing without a date."""

    class System(models.TextChoices):
        GSO = "gso", "mã đơn vị hành chính (Tổng cục Thống kê)"
        QD20 = "qd20", "mã định danh điện tử (QĐ 20/2020)"
        QCVN102 = "qcvn102", "mã định danh cũ (QCVN 102:2016)"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="codes", verbose_name="đơn vị")
    system = models.CharField("hệ mã", max_length=8, choices=System)
    code = models.CharField("mã", max_length=35)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    # Where the code comes from when it is not an official one ("mã minh họa").
    note = models.CharField("ghi chú", max_length=120, blank=True)

    objects = UnitCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "mã đơn vị"
        constraints = [models.UniqueConstraint(name="one_code_from_a_day", fields=["system", "code", "valid_from"])]
        indexes = [models.Index(fields=["system", "code"], name="unit_by_code")]

    def __str__(self):
        return self.code


class Succession(models.Model):
    """A unit's work goes to another on a day; `partly` when only a share of it does."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins", verbose_name="đơn vị mới")
    on = models.DateField("ngày")
    partly = models.BooleanField("chỉ một phần", default=False)
    # The successor that takes open dossiers where the predecessor was split.
    takes_open_work = models.BooleanField("nhận hồ sơ đang giải quyết", default=True)
    # When the other rooms were told, on the day or after it.
    announced_at = models.DateTimeField("báo lúc", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "kế thừa đơn vị"
        constraints = [models.UniqueConstraint(name="one_succession_per_pair", fields=["predecessor", "successor", "on"])]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
