"""Keys of outside systems to the API."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tinhso.directory.access import can_administer
from tinhso.directory.events import TokenIssued, TokenRevoked
from tinhso.directory.models import Person, Token, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy

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
