"""What was counted of months that are over: a cache of `queries.figures`, which a command rebuilds and checks."""

from django.db import models

from tinhso.directory.models import Unit
from tinhso.procedures.models import ProcedureVersion


class FigureMonth(models.Model):
    """What happened in a month, of one version of a procedure at one agency; the names are those of `Figures`."""

    month = models.DateField("tháng")
    solving_agency = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="cơ quan giải quyết")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+", verbose_name="phiên bản thủ tục")
    online = models.PositiveIntegerField("trực tuyến", default=0)
    counter = models.PositiveIntegerField("trực tiếp", default=0)
    post = models.PositiveIntegerField("bưu chính", default=0)
    denied = models.PositiveIntegerField("từ chối tiếp nhận", default=0)
    dropped = models.PositiveIntegerField("rút, dừng trước khi tiếp nhận", default=0)
    early = models.PositiveIntegerField("trước hạn", default=0)
    on_time = models.PositiveIntegerField("đúng hạn", default=0)
    late = models.PositiveIntegerField("quá hạn", default=0)
    stopped = models.PositiveIntegerField("dừng giải quyết", default=0)
    stopped_late = models.PositiveIntegerField("dừng sau hạn hẹn", default=0)
    withdrawn = models.PositiveIntegerField("rút hồ sơ", default=0)
    unresolved = models.PositiveIntegerField("không chấp thuận", default=0)
    seconds = models.BigIntegerField("tổng thời gian giải quyết (giây)", default=0)

    class Meta:
        verbose_name = "số liệu tháng"
        constraints = [models.UniqueConstraint(name="one_row_per_month_agency_version", fields=["month", "solving_agency", "version"])]
        indexes = [models.Index(fields=["solving_agency", "month"], name="figures_of_agency")]

    def __str__(self):
        return f"{self.month:%m/%Y}"


class ClosedMonth(models.Model):
    """A month that is over and whose figures are kept."""

    month = models.DateField("tháng", primary_key=True)
    counted_at = models.DateTimeField("đếm lúc")

    class Meta:
        verbose_name = "tháng đã chốt số liệu"

    def __str__(self):
        return f"{self.month:%m/%Y}"
