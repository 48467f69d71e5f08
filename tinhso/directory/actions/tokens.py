"""Keys of outside systems to the API."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tinhso.directory.access import can_administer_province
from tinhso.directory.events import SystemAdded, TokenIssued, TokenRevoked
from tinhso.directory.models import Person, Token, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy

SCOPES = {
    "procedures:read": "đọc danh mục thủ tục",
    "dossiers:read": "đọc hồ sơ",
    "dossiers:write": "nộp và xử lý hồ sơ",
    "files:read": "tải tệp của hồ sơ",
    "subscriptions": "đăng ký nhận sự kiện",
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
    require(can_administer_province(by))
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise Refused(f"Phạm vi không có: {', '.join(unknown)}.", field="scopes")
    if system.kind != Person.Kind.SYSTEM:
        raise Refused("Mã truy cập chỉ cấp cho hệ thống, không cấp cho người.", field="system")
    if not tidy(label):
        raise Refused("Xin đặt tên cho mã, ví dụ tên máy chủ sẽ dùng.", field="label")
    # A button pressed twice must not leave a second key that nobody saw.
    if Token.objects.filter(system=system, label=tidy(label), revoked_at=None).exists():
        raise Refused(f"Hệ thống này đã có mã truy cập đang dùng tên “{tidy(label)}”.", field="label")
    if expires_at is not None and expires_at <= at:
        raise Refused("Ngày hết hạn phải sau hôm nay.", field="expires_at")
    key = f"ts_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        system=system, label=tidy(label), digest=token_digest(key), scopes=wanted, created_by=by, expires_at=expires_at
    )
    token.agencies.set(agencies)
    record(TokenIssued(token.label, str(system), ", ".join(wanted)), on=token, by=by, at=at)
    return token, key


@transaction.atomic
def revoke_token(token: Token, *, by: Person, at: datetime) -> Token:
    require(can_administer_province(by))
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record(TokenRevoked(token.label), on=token, by=by, at=at)
    return token


def token_digest(key: str) -> str:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def add_system(name: str, *, by: Person, at: datetime) -> Person:
    """Register an outside system; it signs in nowhere, it only holds keys."""
    require(can_administer_province(by))
    if not tidy(name):
        raise Refused("Xin nhập tên hệ thống.", field="name")
    if Person.objects.filter(kind=Person.Kind.SYSTEM, full_name=tidy(name)).exists():
        raise Refused("Đã có hệ thống mang tên này.", field="name")
    system = Person(kind=Person.Kind.SYSTEM, username=f"ht-{secrets.token_hex(6)}", full_name=tidy(name))
    system.set_unusable_password()
    system.save()
    record(SystemAdded(str(system)), on=system, by=by, at=at)
    return system
