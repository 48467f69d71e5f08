"""From what the e-ID says to whom it means; the names of its claims are configuration."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tinhso.directory.rules import Identity
from tinhso.kernel.errors import Refused

UNCLEAR = "Cổng định danh chưa gửi đủ thông tin về bạn nên chưa đăng nhập được. Xin thử lại hoặc báo bộ phận hỗ trợ."


def read_claims(claims: Mapping[str, Any], names: Mapping[str, str], levels: Mapping[str, int]) -> Identity:
    """Return the identity that a set of claims describes, or refuse with the sentence to show."""

    def said(ours: str) -> str:
        value = claims.get(names.get(ours, ""), "")
        return "" if value is None else str(value).strip()

    subject, number, full_name = str(claims.get("sub") or ""), said("personal_number"), said("full_name")
    if not (subject and number and full_name):
        raise Refused(UNCLEAR, code="claims-missing")
    return Identity(
        subject=subject,
        personal_number=number,
        full_name=full_name,
        level=_level(claims.get(names.get("level", "")), levels),
        birth_date=read_birth_date(said("birth_date")),
        phone=said("phone"),
        email=said("email"),
        address=said("address"),
    )


def _level(value: Any, levels: Mapping[str, int]) -> int:
    """Return the highest level among those said; a word that nobody agreed on counts for nothing."""
    said = value if isinstance(value, list) else [value]
    return max((levels.get(str(word), 0) for word in said), default=0)


def read_birth_date(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    return None
