"""What the forms of one dossier say: facts from the database, put into the words that paper wants."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from tinhso.directory.models import Person, Unit
from tinhso.dossiers.events import DossierRefused, DossierStopped, DossierWithdrawn
from tinhso.dossiers.models import Channel, Dossier, Extension, Money, Paper, Status, Step, SupplementRequest
from tinhso.dossiers.printing.control import control_rows, other_agencies
from tinhso.dossiers.printing.editions import Form, edition_on
from tinhso.dossiers.printing.press import qr_svg, set_paper, site_address
from tinhso.dossiers.printing.results import issuer_above, leader_title
from tinhso.dossiers.printing.words import long_day, long_moment, money, place_name, short_moment
from tinhso.dossiers.queries.deadlines import terms_of
from tinhso.dossiers.rules.deadlines import UNIT_NAMES
from tinhso.kernel.events import timeline
from tinhso.kernel.models import Event

PAPER_FORMS = {
    Paper.Form.ORIGINAL: "Bản chính",
    Paper.Form.CERTIFIED: "Bản sao chứng thực",
    Paper.Form.COPY: "Bản chụp",
    Paper.Form.ELECTRONIC: "Bản điện tử",
}
SIGN_HERE = "(Ký và ghi rõ họ tên)"


class NoSuchPaper(LookupError):
    """The dossier has nothing that this form could say."""


def paper_pdf(form: Form, dossier: Dossier, *, at: datetime, archival: bool = True) -> bytes:
    """Return a form of a dossier as PDF, in the edition of the day on which what it says happened."""
    moment, content = CONTENTS[form](dossier, at)
    edition = edition_on(localdate(moment))
    name = next(name for name, known in TEMPLATES.items() if known == form)
    return set_paper(name, _common(dossier, moment) | edition.data(form) | content, at=moment, archival=archival)


def printable_forms(dossier: Dossier) -> list[Form]:
    """Return the forms that have something to say about a dossier, in the order of their numbers."""
    there = {
        Form.RECEIPT: dossier.received_at is not None,
        Form.SUPPLEMENT: getattr(dossier, "supplement_request", None) is not None,
        Form.REFUSAL: dossier.status == Status.REFUSED,
        Form.APOLOGY: getattr(dossier, "extension", None) is not None,
        Form.STOP: dossier.status in (Status.STOPPED, Status.WITHDRAWN),
        Form.CONTROL: dossier.received_at is not None,
    }
    return [form for form, is_there in there.items() if is_there]


def printable_titles(dossier: Dossier, day: date) -> list[tuple[str, str]]:
    """Return the forms as addresses name them, each with its title in the edition of a day."""
    titles = edition_on(day).titles
    return [(form.value, titles[form].text) for form in printable_forms(dossier)]


def _common(dossier: Dossier, moment: datetime) -> dict[str, Any]:
    desk = dossier.receiving_unit
    agency = dossier.solving_agency
    home = desk.agency or agency
    address = site_address(dossier.tracking_url())
    organisation = dossier.organisation
    return {
        "above": issuer_above(home),
        "agency": home.name,
        "desk": desk.name,
        "place": f"{place_name(home.name, settings.ENV.province_name)}, {long_day(localdate(moment))}",
        "code": dossier.code,
        "track": address.removeprefix("https://").removeprefix("http://"),
        "qr": qr_svg(address),
        "owner": organisation.name if organisation else dossier.owner_name,
        "address": dossier.address,
        "phone": dossier.phone,
        "email": dossier.email,
        "procedure": dossier.definition.name,
        "contact": _contact(desk),
    }


def _contact(desk: Unit) -> str:
    phone = desk.phone or (desk.agency.phone if desk.agency else "")
    return f"{desk.name}, số điện thoại {phone}" if phone else desk.name


def _receipt(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    if dossier.received_at is None:
        raise NoSuchPaper
    first = Step.objects.filter(dossier=dossier, finished_at=dossier.received_at).select_related("finished_by").order_by("pk").first()
    clerk = first.finished_by.full_name if first and first.finished_by else ""
    online = dossier.channel == Channel.ONLINE
    day, _, number = dossier.code.rpartition("-")[0].rpartition("-")[2], "", dossier.code.rpartition("-")[2]
    applicant = "" if dossier.applicant.full_name == dossier.owner_name else dossier.applicant.full_name
    papers = Paper.objects.filter(dossier=dossier, added_at__lte=dossier.received_at).order_by("pk")
    kept = [paper for paper in papers if not (paper.replaced_by and paper.replaced_by.added_at <= dossier.received_at)]
    return dossier.received_at, {
        "number": f"{day}-{number}/TNHS",
        "applicant": applicant,
        "subject": dossier.subject if dossier.subject != dossier.definition.name[:500] else "",
        "papers": [
            [str(row), paper.name, PAPER_FORMS[Paper.Form(paper.form)], f"{paper.quantity:02d}"] for row, paper in enumerate(kept, 1)
        ],
        "sets": "01 (bộ)",
        "limit": limit_text(dossier),
        "received": long_moment(dossier.received_at),
        "promised": long_moment(dossier.promised_at)
        if dossier.promised_at
        else "thủ tục không ghi thời hạn; kết quả được thông báo khi có",
        "delivery": _delivery(dossier),
        "fee": fee_text(dossier),
        "register": f"Quyển số: {dossier.received_at.astimezone().year}   Số thứ tự: {day}-{number}",
        "applicant_note": f"(Nộp trực tuyến lúc {short_moment(dossier.filed_at)})" if online else SIGN_HERE,
        "applicant_signs": dossier.applicant.full_name if online else "",
        "clerk_note": SIGN_HERE,
        "clerk": clerk,
    }


def limit_text(dossier: Dossier) -> str:
    """Return the time limit as the procedure states it, phase by phase."""
    definition = dossier.definition
    if definition.same_day:
        return "trong ngày làm việc"
    terms = terms_of(definition, dossier.channel)
    limits = [phase.limit for phase in terms.phases if phase.limit] if terms else []
    return " và ".join(f"{limit.amount:02d} {UNIT_NAMES[limit.unit]}" for limit in limits) or "không quy định"


def fee_text(dossier: Dossier) -> str:
    total = dossier.definition.fee_total(dossier.channel)
    if dossier.money == Money.NONE or not total:
        return "không phải nộp"
    return f"{money(total)} ({dossier.get_money_display()})"


def _delivery(dossier: Dossier) -> str:
    if dossier.wants_post:
        return f"qua dịch vụ bưu chính công ích, đến địa chỉ {dossier.address}" if dossier.address else "qua dịch vụ bưu chính công ích"
    if dossier.channel == Channel.ONLINE:
        return f"bản điện tử tại Cổng dịch vụ công; bản giấy (nếu cần) tại {dossier.receiving_unit.name}"
    return f"tại {dossier.receiving_unit.name}"


def _supplement(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    request = SupplementRequest.objects.filter(dossier=dossier).select_related("asked_by").first()
    if request is None:
        raise NoSuchPaper
    wanted = {paper.key: paper for case in dossier.definition.cases for paper in case.papers}
    rows = []
    for number, item in enumerate(request.items, 1):
        known = wanted.get(item.get("component", ""))
        originals, copies = (known.originals, known.copies) if known else (0, 0)
        rows.append(
            [str(number), item["name"], f"{originals:02d}" if originals else "", "", f"{copies:02d}" if copies else "", item["what"]]
        )
    return request.asked_at, {
        "number": f"{dossier.code}/HDHS",
        "items": rows,
        "reason": request.reason,
        "answer_by": f"{request.answer_by:%d/%m/%Y}" if request.answer_by else "",
        "answered": long_moment(request.answered_at) if request.answered_at else "",
        "signer": request.asked_by.full_name,
    }


def _happened(dossier: Dossier, *kinds: str) -> Event:
    """Return the event that a form tells of."""
    event = next((event for event in timeline(dossier) if event.kind in kinds), None)
    if event is None:
        raise NoSuchPaper
    return event


def _actor(event: Event) -> Person | None:
    return Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None


def _refusal(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    event = _happened(dossier, DossierRefused.kind)
    actor = _actor(event)
    return event.at, {
        "number": f"{dossier.code}/TCHS",
        "filed": long_moment(dossier.filed_at),
        "reason": event.payload["reason"],
        "applicant_note": "(Đã gửi qua tài khoản người nộp)" if dossier.channel == Channel.ONLINE else SIGN_HERE,
        "applicant_signs": dossier.applicant.full_name if dossier.channel == Channel.ONLINE else "",
        "signer": actor.full_name if actor else "",
    }


def _apology(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    extension = Extension.objects.filter(dossier=dossier).select_related("by").first()
    if extension is None or dossier.received_at is None:
        raise NoSuchPaper
    # The agency that solves the dossier apologises, not the desk that took it in.
    return extension.at, _from_solver(dossier, extension.at) | {
        "number": f"{dossier.code}/XL",
        "received_day": f"{localdate(dossier.received_at):%d/%m/%Y}",
        "old_due": long_moment(extension.old_due_at),
        "new_due": long_moment(extension.new_due_at),
        "reason": extension.reason,
        "signer": extension.by.full_name,
    }


def _from_solver(dossier: Dossier, moment: datetime) -> dict[str, str]:
    agency = dossier.solving_agency
    return {
        "above": issuer_above(agency),
        "agency": agency.name,
        "place": f"{place_name(agency.name, settings.ENV.province_name)}, {long_day(localdate(moment))}",
        "leader": leader_title(agency),
    }


def _stop(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    event = _happened(dossier, DossierStopped.kind, DossierWithdrawn.kind)
    actor = _actor(event)
    withdrawn = event.kind == DossierWithdrawn.kind
    stage = Step.objects.filter(dossier=dossier, finished_at=event.at, conclusion=Step.Conclusion.CANCELLED).select_related("unit")
    asked_by = f"{dossier.owner_name} (người nộp hồ sơ rút hồ sơ)" if withdrawn else dossier.solving_agency.name
    if actor and actor.is_official and not withdrawn:
        asked_by = f"{actor.full_name}, {dossier.solving_agency.name}"
    settled = {
        Money.NONE: "không phải nộp",
        Money.DUE: "chưa nộp, không phải nộp nữa",
        Money.PAID: f"đã nộp {money(dossier.definition.fee_total(dossier.channel))}; việc hoàn trả thực hiện theo quy định về phí, lệ phí",
        Money.REFUNDED: "đã hoàn trả",
    }
    return event.at, _from_solver(dossier, event.at) | {
        "number": f"{dossier.code}/DGQ",
        "received": long_moment(dossier.received_at) if dossier.received_at else "chưa tiếp nhận",
        "asked_by": asked_by,
        "stage": "; ".join(f"{step.name} ({step.unit})" for step in stage) or "kiểm tra hồ sơ khi tiếp nhận",
        "reason": event.payload["reason"],
        "stopped": long_moment(event.at),
        "fee": settled[Money(dossier.money)],
        "signer": actor.full_name if actor and actor.is_official else "",
    }


def _control(dossier: Dossier, at: datetime) -> tuple[datetime, dict[str, Any]]:
    if dossier.received_at is None:
        raise NoSuchPaper
    return at, _from_solver(dossier, at) | {
        "number": f"{dossier.code}/KSHS",
        "others": ", ".join(other_agencies(dossier)) or "không có",
        "received": short_moment(dossier.received_at),
        "promised": short_moment(dossier.promised_at) or "không ghi thời hạn",
        "due": short_moment(dossier.due_at) or "đang tạm dừng",
        "rows": control_rows(dossier),
        "made": short_moment(at),
    }


CONTENTS = {
    Form.RECEIPT: _receipt,
    Form.SUPPLEMENT: _supplement,
    Form.REFUSAL: _refusal,
    Form.APOLOGY: _apology,
    Form.STOP: _stop,
    Form.CONTROL: _control,
}
TEMPLATES = {
    "receipt": Form.RECEIPT,
    "supplement": Form.SUPPLEMENT,
    "refusal": Form.REFUSAL,
    "apology": Form.APOLOGY,
    "stop": Form.STOP,
    "control": Form.CONTROL,
    "register": Form.REGISTER,
}
