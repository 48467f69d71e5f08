"""The result as the leader signs it: the parts of an administrative document where NĐ 30/2020 puts them."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.models import Unit
from tinhso.dossiers.models import Result
from tinhso.dossiers.printing.press import qr_svg, set_paper, site_address
from tinhso.dossiers.printing.words import long_day, place_name


def result_pdf(result: Result, *, at: datetime, archival: bool = True) -> bytes:
    """Return the PDF of a result, ready for signature: the lower right is left free for hand and seal."""
    dossier, agency = result.dossier, result.agency
    return set_paper(
        "result",
        {
            "above": issuer_above(agency),
            "agency": agency.name,
            "number": result.number or "……/……",
            "place": f"{place_name(agency.name, settings.ENV.province_name)}, {long_day(localdate(at))}",
            "title": result.name,
            "grants": result.grants,
            "owner": dossier.owner_name,
            "address": dossier.address,
            "code": dossier.code,
            "procedure": dossier.definition.name,
            "body": [line for line in str(result.content.get("body", "")).splitlines() if line.strip()],
            "bases": [f"{basis.number} {basis.title}".strip() for basis in dossier.definition.legal_bases[:6]],
            "leader": leader_title(agency),
            "verify": site_address(reverse("verify-result", args=[result.reference])),
            "qr": qr_svg(site_address(reverse("verify-result", args=[result.reference]))),
        },
        archival=archival,
    )


def issuer_above(agency: Unit) -> str:
    """Return the name of the superior body printed above the issuing agency (none above a people's committee)."""
    if agency.kind in (Unit.Kind.DEPARTMENT, Unit.Kind.CENTRE):
        return f"UBND {settings.ENV.province_name}"
    return ""


def leader_title(agency: Unit) -> str:
    if agency.kind in (Unit.Kind.COMMUNE, Unit.Kind.DISTRICT, Unit.Kind.PROVINCE):
        return "TM. ỦY BAN NHÂN DÂN"
    return "THỦ TRƯỞNG CƠ QUAN"
