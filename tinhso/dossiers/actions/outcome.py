"""What comes out: signing and sealing the result, handing it over, hearing what the citizen thought."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.access import hat_for
from tinhso.directory.models import Person, Role
from tinhso.dossiers.access import desk_hat, owns, signing_hat
from tinhso.dossiers.actions.moving import change, check, locked
from tinhso.dossiers.actions.work import close_step
from tinhso.dossiers.events import ResultReturned, ResultSealed, ResultSigned, ServiceRated
from tinhso.dossiers.models import Delivery, Dossier, Money, Rating, Result, Status, Step
from tinhso.dossiers.printing.results import result_pdf
from tinhso.dossiers.rules.states import Verb
from tinhso.kernel.codes import CodePattern, next_number
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.files import keep, read
from tinhso.kernel.folding import tidy
from tinhso.kernel.inspection import PDF
from tinhso.signing.actions import sign_pdf

# NĐ 30/2020, art. 8: numbers run by kind of document within an agency and begin anew each year.
NUMBERS = CodePattern(pattern="{number:02d}/{agency}", reset="year")


def sign_result(dossier: Dossier, *, by: Person, at: datetime, note: str = "") -> Result:
    """Sign the drafted result with the leader's key and pass it on to be sealed.

    The number is reserved first and the key is used outside any transaction: a slow time-stamp service holds nobody
    up, and after a crash the same number is used again.
    """
    result, done = _reserve(dossier, by=by, at=at)
    if done:
        return result
    signed = sign_pdf(
        result_pdf(result, at=at, signer=by),
        by=by,
        for_unit=result.agency,
        at=at,
        reason=f"Ký kết quả hồ sơ {dossier.code}",
        kind="official",
    )
    with transaction.atomic():
        dossier = locked(dossier)
        result = Result.objects.select_for_update(of=("self",)).select_related("agency").get(pk=result.pk)
        if result.signed_at:
            return result
        step = _open_step(dossier, "sign")
        hat = signing_hat(by, dossier)
        require(hat is not None)
        stored = keep(signed.content, media_type=PDF)
        result.file, result.signed_by, result.signed_at, result.signature_level = stored, by, at, signed.level
        result.signed_for_id = hat.acting_for_id if hat else None
        result.save(update_fields=["file", "signed_by", "signed_at", "signature_level", "signed_for"])
        stand_in = f" (thay {result.signed_for})" if result.signed_for else ""
        record(ResultSigned(dossier.code, result.number, signed.level, signed.warning, stand_in), on=dossier, by=by, at=at)
        close_step(dossier, step, note=note, by=by, at=at, acting_for_id=result.signed_for_id)
    return result


@transaction.atomic
def _reserve(dossier: Dossier, *, by: Person, at: datetime) -> tuple[Result, bool]:
    """Check that the person may sign now and give the result its number; say whether it is signed already."""
    dossier = locked(dossier)
    require(signing_hat(by, dossier) is not None, "Anh/chị không có quyền ký kết quả này (ủy quyền phải ghi rõ được ký thay).")
    result = Result.objects.filter(dossier=dossier).select_related("agency", "dossier").order_by("-pk").first()
    if result and result.signed_at and result.signed_by_id == by.pk:
        return result, True
    check(Verb.SIGN, dossier)
    _open_step(dossier, "sign")
    if result is None or result.signed_at:
        raise Refused("Hồ sơ chưa có dự thảo kết quả để ký.", code="no-draft")
    if not result.number:
        day = localdate(at)
        series = f"result {result.agency_id}"
        number = next_number(series, NUMBERS.period(day))
        result.number = NUMBERS.write(agency=f"KQ-{agency_initials(result.agency.name)}", day=day, number=number)
        result.year = day.year
        result.save(update_fields=["number", "year"])
    return result, False


def agency_initials(name: str) -> str:
    """Return the short form that numbers end with: UBND for a people's committee, initials for the rest."""
    if name.startswith(("UBND", "Ủy ban nhân dân")):
        return "UBND"
    return "".join(word[0] for word in tidy(name).replace(",", " ").split() if word[0].isalpha() and word != "và").upper()


def seal_result(dossier: Dossier, *, by: Person, at: datetime) -> Result:
    """Put the agency's seal on the signed result; with it the work is done."""
    with transaction.atomic():
        dossier = locked(dossier)
        require(hat_for(by, [Role.RECORDS], agency_id=dossier.solving_agency_id) is not None)
        result = Result.objects.filter(dossier=dossier).exclude(signed_at=None).select_related("agency", "file").order_by("-pk").first()
        if result is None or result.file is None:
            raise Refused("Kết quả chưa được ký nên chưa đóng dấu được.", code="not-signed")
        if result.sealed_at:
            return result
        check(Verb.WORK, dossier)
        _open_step(dossier, "stamp")
        content = read(result.file)
    # An agency that has ended since keeps its signature; the seal is that of the agency which took over its work.
    ended = result.agency.valid_to is not None and result.agency.valid_to <= localdate(at)
    sealing = dossier.solving_agency if ended else result.agency
    sealed = sign_pdf(content, by=by, for_unit=sealing, at=at, reason=f"Đóng dấu kết quả hồ sơ {dossier.code}", kind="agency")
    with transaction.atomic():
        dossier = locked(dossier)
        result = Result.objects.select_for_update(of=("self",)).get(pk=result.pk)
        if result.sealed_at:
            return result
        step = _open_step(dossier, "stamp")
        result.file, result.sealed_at, result.signature_level = keep(sealed.content, media_type=PDF), at, sealed.level
        result.save(update_fields=["file", "sealed_at", "signature_level"])
        record(ResultSealed(dossier.code, result.number, sealed.level, sealed.warning), on=dossier, by=by, at=at)
        close_step(dossier, step, note="", by=by, at=at)
    return result


@transaction.atomic
def return_result(dossier: Dossier, *, how: str = "trực tiếp", by: Person, at: datetime) -> Dossier:
    """Hand the result over and close the dossier. Lateness never blocks it; an unpaid fee does."""
    dossier = locked(dossier)
    require(desk_hat(by, dossier) is not None)
    return _returned(dossier, how=how, by=by, at=at, delivery=Delivery.SENT if how == "bưu chính" else Delivery.HANDED)


@transaction.atomic
def collect_result(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Note that the owner downloaded the electronic result: with the first download it has been returned."""
    dossier = locked(dossier)
    require(owns(by, dossier))
    if dossier.status != Status.FINISHED or dossier.wants_post or dossier.money == Money.DUE:
        return dossier
    return _returned(dossier, how="tải về trực tuyến", by=by, at=at, delivery=Delivery.HANDED)


def _returned(dossier: Dossier, *, how: str, by: Person, at: datetime, delivery: str) -> Dossier:
    if dossier.status == Status.RETURNED:
        return dossier
    check(Verb.RETURN, dossier)
    if dossier.money == Money.DUE:
        raise Refused("Hồ sơ còn phí, lệ phí chưa nộp. Xin thu đủ rồi trả kết quả.", code="unpaid")
    change(dossier, status=Status.RETURNED, returned_at=at, delivery=delivery)
    Step.objects.filter(dossier=dossier, does="return").open().update(finished_at=at, finished_by=by, conclusion=Step.Conclusion.DONE)
    record(ResultReturned(dossier.code, how), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def rate(dossier: Dossier, *, grade: int, comment: str = "", by: Person, at: datetime) -> Rating:
    """Say how the service was: once, and it may be changed by its author until anything follows from it."""
    dossier = locked(dossier)
    require(owns(by, dossier))
    check(Verb.RATE, dossier)
    if grade not in Rating.Grade.values:
        raise Refused("Xin chọn một mức độ hài lòng.", field="grade")
    rating, _ = Rating.objects.update_or_create(dossier=dossier, defaults={"grade": grade, "comment": tidy(comment)[:2000], "at": at})
    record(ServiceRated(dossier.code, grade, rating.get_grade_display()), on=dossier, by=by, at=at)
    return rating


def _open_step(dossier: Dossier, does: str) -> Step:
    step = Step.objects.filter(dossier=dossier, does=does).open().select_related("unit").first()
    if step is None:
        raise Refused("Hồ sơ không ở bước này nữa. Xin tải lại trang để xem ai đang giữ hồ sơ.", code="no-step")
    step.dossier = dossier
    return step
