"""A dossier in the words of the national portal (QCVN 120:2019; DongBoHoSoMC and CapNhatTienDoHoSoMC)."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from tinhso.directory.access import hats
from tinhso.directory.models import Person, Post
from tinhso.dossiers.events import FeePaid
from tinhso.dossiers.models import Channel, Dossier, Extension, OwnerKind, Paper, Result, Status, SupplementRequest
from tinhso.dossiers.queries.deadlines import terms_of
from tinhso.kernel.models import Event
from tinhso.kernel.working_time import ZONE
from tinhso.procedures.definition import FeeTiming, TimeUnit

CHANNELS = {Channel.COUNTER: "1", Channel.ONLINE: "2", Channel.POST: "3"}
TIMINGS = {FeeTiming.FILING: "1", FeeTiming.SUPPLEMENT: "2", FeeTiming.RETURN: "4"}
UNITS = {
    TimeUnit.HOUR: "Giờ làm việc",
    TimeUnit.WORKING_DAY: "Ngày làm việc",
    TimeUnit.CALENDAR_DAY: "Ngày",
    TimeUnit.MONTH: "Tháng",
}
# The classic adapter knows persons and enterprises; the newer one also household businesses.
OWNERS = {
    "classic": {OwnerKind.CITIZEN: "1", OwnerKind.ENTERPRISE: "2", OwnerKind.HOUSEHOLD: "2"},
    "newer": {OwnerKind.CITIZEN: "0", OwnerKind.ENTERPRISE: "1", OwnerKind.HOUSEHOLD: "2"},
}
# 1 is the payment platform of the national portal, 2 any other payment online.
PAID_HERE = "2"
FORMS = {Paper.Form.ORIGINAL: "1", Paper.Form.CERTIFIED: "2", Paper.Form.COPY: "2", Paper.Form.ELECTRONIC: "3"}
# What the portal learns of the course of work: the event, and the status in which it leaves the dossier.
# A supplement leaves it where it was before, so the dossier itself is asked.
PROGRESS: dict[str, Status | None] = {
    "DossierFiled": Status.FILED,
    "DossierReceived": Status.RECEIVED,
    "DossierRefused": Status.REFUSED,
    "SupplementAsked": Status.SUPPLEMENT,
    "DossierSupplemented": None,
    "FeeAsked": Status.FEE,
    "FeePaid": None,
    "StepFinished": Status.PROCESSING,
    "StepSentBack": Status.PROCESSING,
    "OpinionAsked": Status.PROCESSING,
    "OpinionGiven": Status.PROCESSING,
    "DeadlineExtended": Status.PROCESSING,
    "DossierStopped": Status.STOPPED,
    "DossierWithdrawn": Status.WITHDRAWN,
    "ResultSigned": Status.PROCESSING,
    "ResultSealed": Status.PROCESSING,
    "DossierFinished": Status.FINISHED,
    "ResultReturned": Status.RETURNED,
}


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y%m%d%H%M%S}" if at else ""


def flag(yes: Any) -> str:
    return "1" if yes else "0"


def record(dossier: Dossier) -> dict[str, Any]:
    """Return one element of DongBoHoSoMC.data: every field, the empty ones too."""
    definition = dossier.definition
    papers = list(Paper.objects.filter(dossier=dossier).order_by("pk"))
    codes = {paper.key: paper.code for case in definition.cases for paper in case.papers}
    terms = terms_of(definition, dossier.channel)
    limit = next((phase.limit for phase in terms.phases if phase.limit), None) if terms else None
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure.code,
        "TenTTHC": dossier.version.name,
        "MaLinhVuc": definition.field_code,
        "TenLinhVuc": dossier.version.field,
        "SoBienNhan": dossier.code,
        "ChuHoSo": dossier.owner_name,
        "LoaiDoiTuong": OWNERS[settings.ENV.national_portal_owner_codes][OwnerKind(dossier.owner_kind)],
        "MaDoiTuong": dossier.applicant.eid_subject,
        "ThongTinKhac": "",
        "Email": dossier.email,
        "Fax": "",
        "SoDienThoai": dossier.phone,
        "TrichYeuHoSo": dossier.subject,
        "NgayTiepNhan": moment(dossier.received_at),
        "NgayHenTra": moment(dossier.due_at or dossier.promised_at),
        "TrangThaiHoSo": str(dossier.status),
        "NgayTra": moment(dossier.returned_at),
        "ThongTinTra": dossier.get_delivery_display() if dossier.returned_at else "",
        "HinhThuc": flag(dossier.wants_post),
        "NgayKetThucXuLy": moment(dossier.finished_at),
        "DonViXuLy": dossier.solving_agency.name,
        "GhiChu": dossier.closed_reason,
        "DanhSachLePhi": _fees(definition.terms(dossier.channel)),
        "TaiLieuNop": [
            {
                "TepDinhKemId": str(paper.pk),
                "TenTepDinhKem": paper.file_name or paper.name[:200],
                "IsDeleted": "True" if paper.replaced_by_id else "False",
                "MaThanhPhanHoSo": codes.get(paper.component) or paper.component,
                "DuongDanTaiTepTin": f"{settings.SITE_URL}/api/v1/dossiers/{dossier.code}/papers/{paper.pk}/content",
                "DuocSoHoa": flag(paper.digitised),
                "DuocLayTuKhoDMQG": flag(paper.reused),
            }
            for paper in papers
            if paper.file_id
        ],
        "DanhSachTepDinhKemKhac": [
            {"TenGiayTo": paper.name, "SoLuong": paper.quantity, "LoaiGiayTo": FORMS[Paper.Form(paper.form)]}
            for paper in papers
            if not paper.file_id and not paper.replaced_by_id
        ],
        "DanhSachHoSoBoSung": _supplements(dossier),
        "DanhSachGiayToKetQua": [
            {
                "GiayToId": str(result.pk),
                "TenGiayTo": result.name,
                "MaThanhPhanHoSo": "",
                "MaKetQua": result.outcome_code or (definition.outcomes[0].code if definition.outcomes else ""),
                "DuongDanTepTinKetQua": f"{settings.SITE_URL}/api/v1/dossiers/{dossier.code}/results/{result.pk}/content",
            }
            for result in Result.objects.filter(dossier=dossier).exclude(signed_at=None).order_by("pk")
        ],
        "KenhThucHien": CHANNELS[Channel(dossier.channel)],
        "DuocThanhToanTrucTuyen": PAID_HERE if _paid_online(dossier) else "0",
        "TaiKhoanDuocXacThucVoiVNeID": flag(dossier.verified_account),
        "HoSoCoThanhPhanSoHoa": flag(any(paper.digitised or paper.file_id for paper in papers)),
        "ThoiGianGiaiQuyet": str(limit.amount) if limit else "",
        "DonViTinh": UNITS[limit.unit] if limit else "",
    }


def _paid_online(dossier: Dossier) -> bool:
    paid = {"subject_kind": "dossiers.dossier", "subject_id": dossier.pk, "kind": FeePaid.kind, "payload__online": True}
    return Event.objects.filter(**paid).exists()


def _fees(terms: Any) -> list[dict[str, Any]]:
    return [
        {
            "TenPhiLePhi": fee.name,
            "MaPhiLePhi": fee.code,
            "HinhThucThu": TIMINGS[fee.timing],
            "Gia": fee.amount or 0,
            "LoaiPhiLePhi": "1" if fee.kind == "phi" else "2",
        }
        for fee in (terms.fees if terms else [])
    ]


def _supplements(dossier: Dossier) -> list[dict[str, Any]]:
    request = SupplementRequest.objects.filter(dossier=dossier).select_related("asked_by").first()
    if request is None:
        return []
    extension = Extension.objects.filter(dossier=dossier).first()
    return [
        {
            "HoSoBoSungId": str(request.pk),
            "NguoiYeuCauBoSung": request.asked_by.full_name,
            "NoiDungBoSung": request.reason,
            "NgayBoSung": moment(request.asked_at),
            "NguoiTiepNhanBoSung": dossier.receiving_unit.name if request.answered_at else "",
            "ThongTinTiepNhan": request.answer_note,
            "NgayTiepNhanBoSung": moment(request.answered_at),
            "TrangThaiBoSung": flag(request.answered_at),
            "DanhSachGiayToBoSung": [
                {"MaThanhPhanHoSo": item.get("component", ""), "TenGiayTo": item["name"], "NoiDung": item.get("what", "")}
                for item in request.items
            ],
            "DanhSachLePhiBoSung": [],
            "NgayHenTraTruoc": moment(extension.old_due_at if extension else dossier.promised_at),
            "NgayHenTraMoi": moment(dossier.due_at),
        }
    ]


def progress(dossier: Dossier, event: Event) -> dict[str, Any] | None:
    """Return one element of CapNhatTienDoHoSoMC.data for what happened; None for what the portal does not follow."""
    name = event.kind.split(".")[-1]
    if name not in PROGRESS:
        return None
    status = PROGRESS[name] or _status_again(dossier, event)
    person = Person.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    title, place = _post_of(person, event, dossier)
    return {
        "MaHoSo": dossier.code,
        "NguoiXuLy": person.full_name if person else "Hệ thống",
        "ChucDanh": title,
        "ThoiDiemXuLy": moment(event.at),
        "PhongBanXuLy": place,
        "NoiDungXuLy": event.announcement.says().strip(),
        "TrangThai": str(int(status)),
        "NgayBatDau": moment(dossier.received_at or dossier.filed_at),
        "NgayKetThucTheoQuyDinh": moment(dossier.due_at or dossier.promised_at),
    }


def _status_again(dossier: Dossier, event: Event) -> Status:
    """Return where an answered question leaves a dossier: at work if it had been received before, else at the desk."""
    return Status.PROCESSING if dossier.received_at and dossier.received_at <= event.at else Status.FILED


def _post_of(person: Person | None, event: Event, dossier: Dossier) -> tuple[str, str]:
    if person is None or not person.is_official:
        return ("Người nộp hồ sơ" if person and person.is_citizen else "Hệ thống"), dossier.receiving_unit.name
    worn = hats(person, localdate(event.at))
    hat = next((hat for hat in worn if hat.agency_id == dossier.solving_agency_id), worn[0] if worn else None)
    post = Post.objects.select_related("unit").filter(pk=hat.post_id).first() if hat else None
    if post is None:
        return "Cán bộ", dossier.solving_agency.name
    return post.title or post.get_role_display(), post.unit.name


def digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
