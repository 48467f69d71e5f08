"""The result as the leader signs it: the parts of an administrative document where NĐ 30/2020 puts them."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.models import Person, Unit
from tinhso.dossiers.models import Result
from tinhso.dossiers.printing.press import qr_svg, set_paper, site_address
from tinhso.dossiers.printing.words import long_day, place_name
from tinhso.signing.queries import signs_as

COMMITTEES = (Unit.Kind.COMMUNE, Unit.Kind.DISTRICT, Unit.Kind.PROVINCE)


def result_pdf(result: Result, *, at: datetime, signer: Person | None = None, archival: bool = True) -> bytes:
    """Return the PDF of a result, ready for signature: the lower right is left free for hand and seal."""
    dossier, agency = result.dossier, result.agency
    signs = signs_as(signer, agency, "official", at) if signer else None
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
            "leader": signature_lines(agency, signs.short_title if signs else ""),
            "signer": signs.name if signs else "",
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


def signature_lines(agency: Unit, title: str) -> list[str]:
    """Return what stands above the signature (NĐ 30/2020, appendix I): in whose name, in whose place, the title."""
    if agency.kind not in COMMITTEES:
        return [title.upper() or leader_title(agency)]
    if title.lower().startswith("phó "):
        # A deputy signs in the place of the head.
        return [leader_title(agency), f"KT. {title[4:].upper()}", title.upper()]
    return [line for line in (leader_title(agency), title.upper()) if line]


def leader_title(agency: Unit) -> str:
    if agency.kind in COMMITTEES:
        return "TM. ỦY BAN NHÂN DÂN"
    return "THỦ TRƯỞNG CƠ QUAN"
