"""Filing: drafts that save themselves, and the moment a dossier comes to be."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from tinhso.directory.access import hat_for, is_sure_enough_to_file
from tinhso.directory.models import Organisation, Person, Role, Unit, UnitCode
from tinhso.dossiers.access import owns
from tinhso.dossiers.actions.money import ask_filing_fees, filing_fees
from tinhso.dossiers.actions.papers import NewPaper, add_papers
from tinhso.dossiers.events import DossierFiled
from tinhso.dossiers.models import Channel, Dossier, Draft, DraftPaper, Money, OwnerKind, Paper, Status
from tinhso.dossiers.queries.deadlines import RECEPTION_CHECK
from tinhso.dossiers.queries.places import desk_of
from tinhso.dossiers.rules.answers import case_of, missing_papers, read_answers
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.codes import CodePattern, next_number
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy
from tinhso.kernel.models import StoredFile
from tinhso.procedures.models import ProcedureVersion, definition_of

CODES = CodePattern()
NOT_SURE_ENOUGH = (
    "Nộp hồ sơ trực tuyến cần tài khoản định danh điện tử mức độ 2. Bản nháp vẫn được giữ: xin đăng nhập lại bằng tài khoản mức độ 2, "
    "hoặc đến Bộ phận Một cửa để nộp."
)


class Incomplete(Refused):
    """The form or the papers are not complete: `problems` gives the sentence for each field."""

    def __init__(self, problems: Mapping[str, str]):
        first = next(iter(problems))
        super().__init__(problems[first], field=first, code="incomplete")
        self.problems = dict(problems)


@dataclass(frozen=True)
class Owner:
    """Whose dossier it is, as the receipt names them."""

    name: str
    number: str = ""
    kind: int = OwnerKind.CITIZEN
    phone: str = ""
    email: str = ""
    address: str = ""
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Filing:
    """What is handed in."""

    version: ProcedureVersion
    channel: str
    receiving_unit: Unit
    solving_agency: Unit
    owner: Owner
    case: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    papers: Iterable[NewPaper] = ()
    subject: str = ""
    wants_post: bool = False


def file_dossier(filing: Filing, *, applicant: Person, by: Person, at: datetime, key: uuid.UUID | None = None) -> Dossier:
    """File a dossier and give it its code. The same key again is the same dossier, whoever asks twice."""
    if key and (known := _filed_before(key, applicant)):
        return known
    if by.is_citizen:
        require(by.pk == applicant.pk)
        if not is_sure_enough_to_file(by):
            raise Refused(NOT_SURE_ENOUGH, code="assurance")
    elif by.is_official:
        require(
            hat_for(by, [Role.CLERK], unit_id=filing.receiving_unit.pk) is not None,
            "Chỉ cán bộ Một cửa của quầy này nhận được hồ sơ tại quầy.",
        )
    try:
        with transaction.atomic():
            return _file(filing, applicant=applicant, by=by, at=at, key=key)
    except IntegrityError:
        # The same request came a moment earlier on another connection; its code stands, ours was given back.
        if key and (known := _filed_before(key, applicant)):
            return known
        raise


def _filed_before(key: uuid.UUID, applicant: Person) -> Dossier | None:
    known = Dossier.objects.filter(filing_key=key).first()
    if known and known.applicant_id != applicant.pk:
        raise Refused("Mã yêu cầu này đã dùng cho hồ sơ khác. Xin tải lại trang rồi nộp lại.", code="key-reused")
    return known


def _file(filing: Filing, *, applicant: Person, by: Person, at: datetime, key: uuid.UUID | None) -> Dossier:
    definition = definition_of(filing.version.pk)
    if not definition.route:
        raise Refused("Thủ tục này chưa nhận hồ sơ tại đây. Xin xem nơi nộp trong nội dung thủ tục.", code="no-route")
    online = filing.channel == Channel.ONLINE
    case = case_of(definition, filing.case)
    papers = list(filing.papers)
    answers, problems = read_answers(definition, filing.answers)
    if missing := missing_papers(case, (paper.component for paper in papers)):
        problems["papers"] = f"Còn thiếu giấy tờ: {'; '.join(missing)}."
    if problems and online:
        # At a counter the clerk may take what there is and ask for the rest: the citizen stands there.
        raise Incomplete(problems)
    owner, agency = filing.owner, filing.solving_agency
    fees = filing_fees(definition, filing.channel)
    calendar = calendar_for(filing.receiving_unit.agency_id)
    day = localdate(at)
    series = agency_code(agency, day)
    # The counter's row is locked from here to the end: everything slow has been done above.
    code = CODES.write(agency=series, day=day, number=next_number(f"dossier {series}", CODES.period(day)))
    dossier = Dossier.objects.create(
        code=code,
        filing_key=key,
        procedure_id=filing.version.procedure_id,
        version=filing.version,
        case=case.key,
        channel=filing.channel,
        receiving_unit=filing.receiving_unit,
        solving_agency=agency,
        applicant=applicant,
        organisation=owner.organisation,
        owner_kind=owner.kind,
        owner_name=tidy(owner.name),
        owner_number=owner.number,
        phone=owner.phone,
        email=owner.email,
        address=tidy(owner.address),
        subject=tidy(filing.subject) or definition.name[:500],
        answers=answers,
        status=Status.FILED,
        money=Money.DUE if fees else Money.NONE,
        wants_post=filing.wants_post,
        verified_account=online and applicant.assurance >= 2,
        filed_at=at,
        check_due_at=calendar.add(calendar.working_moment(at), RECEPTION_CHECK),
    )
    add_papers(dossier, papers, by=by, at=at)
    if fees:
        ask_filing_fees(dossier, fees, by=by, at=at)
    record(
        DossierFiled(code, definition.name, filing.channel, dossier.get_channel_display(), str(filing.receiving_unit)),
        on=dossier,
        by=by,
        at=at,
    )
    return dossier


def agency_code(agency: Unit, day: date) -> str:
    """Return the identifier that a dossier's code begins with: the agency's code of decision 20 on that day."""
    codes = UnitCode.objects.filter(unit=agency, system=UnitCode.System.QD20, valid_from__lte=day).order_by("-valid_from")
    code = codes.values_list("code", flat=True).first()
    if code is None:
        raise Refused(f"{agency} chưa có mã định danh nên chưa cấp được mã hồ sơ. Xin báo quản trị hệ thống.", code="no-agency-code")
    return code


@transaction.atomic
def open_draft(version: ProcedureVersion, *, by: Person, at: datetime, solving_agency: Unit | None = None) -> Draft:
    """Return the person's one open draft for a procedure, made now if there is none."""
    require(by.is_citizen)
    draft, made = Draft.objects.get_or_create(
        person=by,
        procedure_id=version.procedure_id,
        defaults={"version": version, "filing_key": uuid.uuid4(), "saved_at": at, "solving_agency": solving_agency},
    )
    if not made and draft.version_id != version.pk:
        # The procedure changed since: answers stay, questions are the new ones.
        draft.version = version
        draft.save(update_fields=["version"])
    return draft


@transaction.atomic
def save_draft(
    draft: Draft,
    answers: Mapping[str, Any],
    *,
    by: Person,
    at: datetime,
    page: str = "",
    case: str = "",
    solving_agency: Unit | None = None,
) -> Draft:
    """Keep what was typed, right or wrong: nothing of a citizen's work is lost."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    require(draft.person_id == by.pk)
    draft.answers = {**draft.answers, **answers}
    draft.page, draft.case, draft.saved_at = page or draft.page, case or draft.case, at
    draft.solving_agency = solving_agency or draft.solving_agency
    draft.save()
    return draft


@transaction.atomic
def add_draft_paper(draft: Draft, component: str, file: StoredFile, file_name: str, *, by: Person, at: datetime) -> DraftPaper:
    require(draft.person_id == by.pk)
    paper, _ = DraftPaper.objects.get_or_create(
        draft=draft, component=component, file=file, defaults={"file_name": file_name, "added_at": at}
    )
    return paper


@transaction.atomic
def remove_draft_paper(paper: DraftPaper, *, by: Person) -> None:
    require(paper.draft.person_id == by.pk)
    paper.delete()


def file_draft(draft: Draft, *, owner: Owner, by: Person, at: datetime, wants_post: bool = False) -> Dossier:
    """File a draft. Asked twice, the second time finds the dossier of the first."""
    require(draft.person_id == by.pk)
    agency = draft.solving_agency
    if agency is None:
        raise Incomplete({"agency": "Xin chọn cơ quan giải quyết hồ sơ."})
    desk = desk_of(agency, localdate(at))
    if desk is None:
        raise Refused(f"{agency} chưa có Bộ phận Một cửa trên hệ thống. Xin chọn cơ quan khác hoặc nộp trực tiếp.", field="agency")
    definition = definition_of(draft.version_id)
    names = {paper.key: paper.name for paper in case_of(definition, draft.case).papers}
    papers = [
        NewPaper(one.component, names.get(one.component, one.file_name)[:500], one.file_id, one.file_name)
        for one in draft.papers.order_by("pk")
    ]
    filing = Filing(
        version=draft.version,
        channel=Channel.ONLINE,
        receiving_unit=desk,
        solving_agency=agency,
        owner=owner,
        case=draft.case,
        answers=draft.answers,
        papers=papers,
        wants_post=wants_post,
    )
    dossier = file_dossier(filing, applicant=by, by=by, at=at, key=draft.filing_key)
    Draft.objects.filter(pk=draft.pk).delete()
    return dossier


@transaction.atomic
def replace_paper(paper: Paper, new: NewPaper, *, by: Person, at: datetime) -> Paper:
    """Put a better copy in a paper's place; the old one stays with its dossier."""
    require(owns(by, paper.dossier) or hat_for(by, [Role.CLERK], unit_id=paper.dossier.receiving_unit_id) is not None)
    [fresh] = add_papers(paper.dossier, [replace(new, component=paper.component, name=paper.name)], by=by, at=at)
    paper.replaced_by = fresh
    paper.save(update_fields=["replaced_by"])
    return fresh
