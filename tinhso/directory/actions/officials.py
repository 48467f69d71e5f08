"""Officials' accounts and posts, as an administrator keeps them."""

import re
import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate

from tinhso.directory.access import administered_units, can_administer, can_administer_person, can_administer_province
from tinhso.directory.events import OfficialAdded, OfficialResumed, OfficialStopped, PasswordGiven, PostEnded, PostGiven
from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy

# Who keeps the register, the machines or the accounts of others handles no dossier (separation of duties).
KEEPERS = {Role.ADMINISTRATOR, Role.OPERATOR, Role.AUDITOR}
# Only the province's administrator gives these.
OF_THE_PROVINCE = KEEPERS | {Role.SUPERVISOR, Role.CATALOGUER}
_USERNAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


@transaction.atomic
def add_official(
    *, username: str, full_name: str, email: str = "", unit: Unit, role: str, title: str = "", first: date, by: Person, at: datetime
) -> tuple[Person, str]:
    """Open an account with its first post; the password is shown once, its owner must change it."""
    require(can_administer(by))
    name, account = tidy(full_name), username.strip().lower()
    if len(name.split()) < 2:
        raise Refused("Xin nhập đủ họ và tên.", field="full_name")
    if not _USERNAME.fullmatch(account) or len(account) > 60:
        raise Refused("Tên đăng nhập gồm chữ không dấu, số, dấu chấm và gạch nối, ví dụ “hoa.lt”.", field="username")
    person = Person(kind=Person.Kind.OFFICIAL, username=account, full_name=name, email=email)
    password = _set_temporary_password(person, at)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Refused("Tên đăng nhập này đã có người dùng.", field="username") from None
    record(OfficialAdded(str(person), person.username), on=person, by=by, at=at)
    _give(person, unit=unit, role=role, title=title, first=first, last=None, by=by, at=at)
    return person, password


@transaction.atomic
def give_post(
    person: Person, *, unit: Unit, role: str, title: str = "", first: date, last: date | None = None, by: Person, at: datetime
) -> Post:
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_administer(by) and by.pk != person.pk and person.is_official)
    return _give(person, unit=unit, role=role, title=title, first=first, last=last, by=by, at=at)


def _give(person: Person, *, unit: Unit, role: str, title: str, first: date, last: date | None, by: Person, at: datetime) -> Post:
    require(administered_units(by).filter(pk=unit.pk).exists())
    if role not in Role.values:
        raise Refused("Xin chọn vai trò.", field="role")
    if role in OF_THE_PROVINCE:
        require(can_administer_province(by), "Vai trò này do quản trị cấp tỉnh giao.")
    if not unit.exists_on(first):
        raise Refused(f"{unit} không tồn tại vào ngày {first:%d/%m/%Y}.", field="first")
    end = last + timedelta(days=1) if last else None
    if end and end <= first:
        raise Refused("Ngày cuối phải từ ngày đầu trở đi.", field="last")
    held = [post for post in person.posts.all() if _meet(post, first, end)]
    if any((post.role in KEEPERS) != (role in KEEPERS) for post in held):
        raise Refused("Một người không vừa quản trị, vận hành hoặc kiểm toán vừa xử lý hồ sơ. Xin kết thúc vị trí kia trước.", field="role")
    if any(post.unit_id == unit.pk and post.role == role for post in held):
        raise Refused("Người này đã giữ đúng vị trí đó trong thời gian này.", field="role")
    post = Post.objects.create(person=person, unit=unit, role=role, title=tidy(title), valid_from=first, valid_to=end)
    record(PostGiven(str(person), str(post.get_role_display()), str(unit), f"{first:%d/%m/%Y}"), on=post, by=by, at=at)
    return post


def _meet(post: Post, first: date, end: date | None) -> bool:
    return (post.valid_to is None or post.valid_to > first) and (end is None or post.valid_from < end)


@transaction.atomic
def end_post(post: Post, *, last: date, by: Person, at: datetime) -> Post:
    """Let a person's post end with a day; it was theirs until then, and what they did stays theirs."""
    post = Post.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=post.pk)
    require(by.pk != post.person_id and administered_units(by).filter(pk=post.unit_id).exists() and can_administer(by))
    if last < max(post.valid_from, localdate(at) - timedelta(days=1)):
        raise Refused("Ngày làm việc cuối cùng không được trước ngày bắt đầu hoặc trước hôm qua.", field="last")
    if post.valid_to is not None and post.valid_to <= last + timedelta(days=1):
        raise Refused(f"Vị trí này đã kết thúc, làm đến hết {post.valid_to - timedelta(days=1):%d/%m/%Y}.", field="last")
    post.valid_to = last + timedelta(days=1)
    post.save(update_fields=["valid_to"])
    record(PostEnded(str(post.person), str(post.get_role_display()), str(post.unit), f"{last:%d/%m/%Y}"), on=post, by=by, at=at)
    return post


@transaction.atomic
def give_password(person: Person, *, by: Person, at: datetime) -> str:
    """Replace a lost password by a temporary one, and end every session that the old one opened."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_administer_person(by, person))
    password = _set_temporary_password(person, at)
    person.session_round = F("session_round") + 1
    person.save(update_fields=["password", "password_given_at", "session_round"])
    record(PasswordGiven(str(person)), on=person, by=by, at=at)
    return password


def _set_temporary_password(person: Person, at: datetime) -> str:
    # Read over the telephone: no letters that look alike.
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    password = "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))
    person.set_password(password)
    person.password_given_at = at
    return password


def own_password(person: Person) -> None:
    """Note that the person chose a password of their own."""
    Person.objects.filter(pk=person.pk).update(password_given_at=None)


@transaction.atomic
def stop_official(person: Person, *, by: Person, at: datetime) -> Person:
    """Close an account; sessions end at their next request, nothing that the person did is touched."""
    return _set_active(person, False, by=by, at=at)


@transaction.atomic
def resume_official(person: Person, *, by: Person, at: datetime) -> Person:
    return _set_active(person, True, by=by, at=at)


def _set_active(person: Person, active: bool, *, by: Person, at: datetime) -> Person:
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_administer_person(by, person))
    if person.is_active != active:
        person.is_active = active
        person.session_round = F("session_round") + 1
        person.save(update_fields=["is_active", "session_round"])
        record(OfficialResumed(str(person)) if active else OfficialStopped(str(person)), on=person, by=by, at=at)
    return person
