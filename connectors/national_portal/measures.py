"""What the synchronisation offers to reports: indicator 1.4 of decision 766."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from tinhso.dossiers.models import Dossier
from tinhso.kernel.measures import Period, Value, measure
from tinhso.kernel.working_time import ZONE


def received(agency_ids: list[int] | None, period: Period) -> list[dict]:
    """Return for each agency how many dossiers it received in a period, and how many of them the portal has."""
    start, end = (datetime.combine(day, datetime.min.time(), ZONE) for day in (period.first, period.last + timedelta(days=1)))
    rows = Dossier.objects.filter(received_at__gte=start, received_at__lt=end)
    if agency_ids is not None:
        rows = rows.filter(solving_agency_id__in=agency_ids)
    synced = Count("pk", filter=Q(national_portal__known=True))
    return [dict(row) for row in rows.order_by().values("solving_agency_id").annotate(all=Count("pk"), synced=synced)]


@measure(
    "national_portal.synced",
    label="Hồ sơ đã đồng bộ lên Cổng Dịch vụ công quốc gia",
    unit="%",
    definition="Quyết định 766/QĐ-TTg, chỉ số 1.4: hồ sơ tiếp nhận trong kỳ đã có trên Cổng quốc gia chia cho hồ sơ tiếp nhận trong kỳ",
    owner="Kết nối Cổng quốc gia",
)
def synced(agency_ids: list[int] | None, period: Period) -> dict[int, Value]:
    return {row["solving_agency_id"]: round(Decimal(100) * row["synced"] / row["all"], 2) for row in received(agency_ids, period)}
