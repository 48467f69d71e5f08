"""Who calls the API: a system, by its token; and for which official it acts."""

from dataclasses import dataclass

import structlog
from django.http import HttpRequest
from django.utils.timezone import now
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer

from tinhso.directory.access import agencies_of
from tinhso.directory.actions.tokens import SCOPES, token_digest
from tinhso.directory.models import Person, Token
from tinhso.kernel.api import Unreadable
from tinhso.kernel.errors import Refused
from tinhso.kernel.memory import remembered

# A token or a post that is taken back may still be believed for this many seconds by a process that has just seen it.
BELIEVED_FOR = 5.0
LONGEST_KEY = 200


@dataclass(frozen=True)
class Caller:
    """A system that calls, and how far it may see."""

    token_id: int
    system: Person
    scopes: frozenset[str]
    agencies: frozenset[int]


class TokenAuth(HttpBearer):
    """Let a system in whose token has the scope."""

    def __init__(self, scope: str):
        if scope not in SCOPES:
            raise ValueError(f"no scope is called {scope}")
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        if "\x00" in request.path_info:
            raise Unreadable("Địa chỉ có ký tự điều khiển NUL.")
        caller = caller_of(token)
        if caller is None:
            return None
        structlog.contextvars.bind_contextvars(token=caller.token_id)
        if self.scope not in caller.scopes:
            raise AuthorizationError(message=f"Mã truy cập này không có phạm vi “{self.scope}” ({SCOPES[self.scope]}).")
        return caller


def caller_of(key: str) -> Caller | None:
    """Return who holds a key, if it is valid now."""
    return _caller(token_digest(key)) if key and len(key) <= LONGEST_KEY else None


@remembered(BELIEVED_FOR)
def _caller(digest: str) -> Caller | None:
    token = Token.objects.select_related("system").filter(digest=digest, revoked_at=None, system__is_active=True).first()
    if token is None or (token.expires_at and token.expires_at <= now()):
        return None
    return Caller(token.pk, token.system, frozenset(token.scopes), frozenset(token.agencies.values_list("pk", flat=True)))


def official_for(caller: Caller, username: str, *, field: str = "by") -> Person:
    """Return the official for whom a system acts: one who works in an agency of its token. Rights are asked by the action."""
    person = _official(username)
    if person is None or not agencies_of(person) & caller.agencies:
        raise Refused(f"Không có cán bộ “{username[:60]}” ở cơ quan mà mã truy cập này phục vụ.", field=field, code="unknown-official")
    return person


@remembered(BELIEVED_FOR)
def _official(username: str) -> Person | None:
    # With the person their hats are remembered too: they hang on the object.
    return Person.objects.filter(username=username, kind=Person.Kind.OFFICIAL, is_active=True).first()
