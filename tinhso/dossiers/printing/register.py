"""The register (sổ theo dõi hồ sơ) of an agency's desks for a period."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils.timezone import localdate

from tinhso.directory.models import Unit
from tinhso.dossiers.models import Dossier, Status
from tinhso.dossiers.printing.editions import Form, edition_on
from tinhso.dossiers.printing.press import set_paper
from tinhso.dossiers.printing.results import issuer_above
from tinhso.dossiers.printing.words import long_day, place_name, short_moment
from tinhso.kernel.errors import Refused
from tinhso.kernel.working_time import ZONE

# A book of more pages than this is printed month by month.
LONGEST = 2000


def entered(agency: Unit, first: date, last: date) -> list[Dossier]:
    """Return the dossiers that an agency's desks took in during a period, in the order of reception."""
    since = datetime.combine(first, time(0), ZONE)
    until = datetime.combine(last + timedelta(days=1), time(0), ZONE)
    desks = Unit.objects.filter(agency=agency).values("pk")
    rows = (
        Dossier.objects.filter(receiving_unit__in=desks, received_at__gte=since, received_at__lt=until)
        .select_related("receiving_unit", "solving_agency", "organisation", "applicant")
        .order_by("received_at", "pk")[: LONGEST + 1]
    )
    found = list(rows)
    if len(found) > LONGEST:
        raise Refused(f"Kỳ này có hơn {LONGEST} hồ sơ. Xin chọn kỳ ngắn hơn (một tháng hoặc một tuần) để in sổ.", field="period")
    return found


def register_pdf(agency: Unit, dossiers: list[Dossier], first: date, last: date, *, at: datetime, archival: bool = True) -> bytes:
    edition = edition_on(last)
    return set_paper(
        "register",
        edition.data(Form.REGISTER)
        | {
            "above": issuer_above(agency),
            "agency": agency.name,
            "desk": "Bộ phận Một cửa",
            "place": f"{place_name(agency.name, settings.ENV.province_name)}, {long_day(localdate(at))}",
            "period": f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}",
            "rows": [_row(number, dossier) for number, dossier in enumerate(dossiers, 1)],
        },
        at=at,
        archival=archival,
    )


def _row(number: int, dossier: Dossier) -> list[str]:
    who = [dossier.organisation.name if dossier.organisation else dossier.owner_name, dossier.address, dossier.phone]
    note = dossier.get_status_display() if dossier.status not in (Status.FINISHED, Status.RETURNED) else ""
    return [
        str(number),
        dossier.code,
        dossier.definition.name,
        "01",
        "; ".join(part for part in who if part),
        dossier.solving_agency.name,
        short_moment(dossier.received_at),
        short_moment(dossier.promised_at),
        short_moment(dossier.returned_at),
        "Bưu chính" if dossier.wants_post else "Trực tiếp" if dossier.channel != "online" else "Trực tuyến",
        "",
        note,
    ]
