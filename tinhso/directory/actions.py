"""Verbs about people: who a citizen is, who read their data, who stands in for whom, which systems may call."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from tinhso.directory.access import can_administer, hat_for
from tinhso.directory.events import PostLent, PostTakenBack, TokenIssued, TokenRevoked
from tinhso.directory.models import Delegation, Person, Post, Reading, Role, Token, Unit
from tinhso.directory.rules import read_personal_number, read_phone, same_name
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy
from tinhso.kernel.vault import blind_index

# The same person reading the same dossier again within this time is one reading, not twenty.
ONE_READING = timedelta(minutes=15)


def citizen_for(
    number: str,
    *,
    full_name: str,
    phone: str = "",
    email: str = "",
    address: str = "",
    birth_date: date | None = None,
    field: str = "owner_number",
) -> Person:
    """Return the citizen of a personal number, made now if the house has never met them.

    A name that differs is refused: a number typed wrongly must not open somebody else's account.
    """
    checked = read_personal_number(number, birth_date=birth_date, field=field).number
    name = tidy(full_name)
    if not name:
        raise Refused("Xin nhập họ và tên.", field="owner_name")
    index = blind_index(checked, "personal-number")
    known = Person.objects.filter(kind=Person.Kind.CITIZEN, personal_number_index=index).first()
    if known is None:
        person = Person(
            kind=Person.Kind.CITIZEN,
            username=f"cd-{secrets.token_hex(8)}",
            full_name=name,
            personal_number=checked,
            phone=read_phone(phone) if phone else "",
            email=email,
            address=address,
            birth_date=birth_date,
        )
        person.set_unusable_password()
        try:
            with transaction.atomic():
                person.save()
            return person
        except IntegrityError:
            # Another counter met the same citizen a moment ago.
            known = Person.objects.get(kind=Person.Kind.CITIZEN, personal_number_index=index)
    if not same_name(known.full_name, name):
        raise Refused(
            "Số định danh này đã gắn với một họ tên khác trong hệ thống. Xin đối chiếu lại số và họ tên trên thẻ căn cước.",
            field=field,
            code="number-of-another",
        )
    return known


def note_reading(
    citizen: Person, *, by: Person, what: str, purpose: str, at: datetime, agency_id: int | None = None, code: str = ""
) -> None:
    """Write down that somebody read a citizen's record, unless it is the citizen or they did so a moment ago."""
    if by.pk == citizen.pk:
        return
    recent = Reading.objects.filter(citizen=citizen, reader=by, what=what, dossier_code=code, at__gt=at - ONE_READING)
    if not recent.exists():
        Reading.objects.create(citizen=citizen, reader=by, agency_id=agency_id, what=what, purpose=purpose, dossier_code=code, at=at)


@transaction.atomic
def lend_post(
    post: Post, *, to: Person, first: date, last: date, reason: str, may_sign: bool, by: Person, at: datetime, document: str = ""
) -> Delegation:
    """Let another act in a post for a time: by its holder, or by an administrator when the holder cannot."""
    require(post.person_id == by.pk or can_administer(by))
    if to.pk == post.person_id or to.kind != Person.Kind.OFFICIAL or not to.is_active:
        raise Refused("Xin chọn một cán bộ khác đang làm việc.", field="to")
    if last < first or last < localdate(at):
        raise Refused("Ngày kết thúc phải từ ngày bắt đầu trở đi và chưa qua.", field="last")
    if not tidy(reason):
        raise Refused("Xin ghi lý do: lý do được lưu cùng mọi việc làm thay.", field="reason")
    # What was lent is not lent on, and power to sign stays within the agency (NĐ 30/2020, art. 13).
    if may_sign and post.role == Role.LEADER and not hat_for(to, Role, agency_id=post.unit.agency_id or post.unit_id, day=first):
        raise Refused("Chỉ ủy quyền ký cho người trong cùng cơ quan.", field="to")
    lent = Delegation.objects.create(
        post=post, delegate=to, first=first, last=last, reason=tidy(reason), document=tidy(document), may_sign=may_sign
    )
    to.__dict__.pop("_hats", None)
    record(PostLent(str(post.person), str(to), f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}", may_sign, lent.reason), on=lent, by=by, at=at)
    return lent


@transaction.atomic
def take_back_post(lent: Delegation, *, by: Person, at: datetime) -> Delegation:
    lent = Delegation.objects.select_for_update().select_related("post__person", "delegate").get(pk=lent.pk)
    require(lent.post.person_id == by.pk or can_administer(by))
    if lent.revoked_at is None:
        lent.revoked_at = at
        lent.save(update_fields=["revoked_at"])
        record(PostTakenBack(str(lent.post.person), str(lent.delegate)), on=lent, by=by, at=at)
    return lent


SCOPES = {
    "procedures:read": "đọc danh mục thủ tục",
    "dossiers:read": "đọc hồ sơ",
    "dossiers:write": "nộp và xử lý hồ sơ",
    "files:read": "tải tệp của hồ sơ",
}


@transaction.atomic
def issue_token(
    system: Person,
    *,
    label: str,
    scopes: Iterable[str],
    agencies: Iterable[Unit] = (),
    by: Person,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Give an outside system a key to the API; the key itself is shown once and never kept."""
    require(can_administer(by))
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise Refused(f"Phạm vi không có: {', '.join(unknown)}.", field="scopes")
    if system.kind != Person.Kind.SYSTEM:
        raise Refused("Mã truy cập chỉ cấp cho hệ thống, không cấp cho người.", field="system")
    key = f"ts_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        system=system, label=tidy(label), digest=token_digest(key), scopes=wanted, created_by=by, expires_at=expires_at
    )
    token.agencies.set(agencies)
    record(TokenIssued(token.label, str(system), ", ".join(wanted)), on=token, by=by, at=at)
    return token, key


@transaction.atomic
def revoke_token(token: Token, *, by: Person, at: datetime) -> Token:
    require(can_administer(by))
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record(TokenRevoked(token.label), on=token, by=by, at=at)
    return token


def token_digest(key: str) -> str:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()
