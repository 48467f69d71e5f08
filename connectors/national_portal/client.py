"""Speaking with the national portal: a session by name and password, then every service through one door."""

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx2
import stamina
from django.conf import settings

TIMEOUT = httpx2.Timeout(20, connect=5)
DONE = {"0", "00"}
SESSION_ENDED = "401"
ALREADY_THERE, NOT_THERE, TOLD_BEFORE = "409", "404", "208"


class Unreachable(Exception):
    """The portal does not answer, or not in its own protocol: nothing is known about what it did."""


class Rejected(Exception):
    """The portal read it and will not have it; `sentence` is its own."""

    def __init__(self, code: str, sentence: str):
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


@dataclass
class Portal:
    """The portal as one installation knows it. One session serves all threads and is renewed when the portal ends it."""

    url: str
    username: str
    password: str
    dstcode: str
    agency: str
    session: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send_record(self, record: dict[str, Any], *, replaces: bool) -> None:
        self.call("DongBoHoSoMC", isUpdating="True" if replaces else "False", data=[record])

    def send_progress(self, line: dict[str, Any]) -> None:
        self.call("CapNhatTienDoHoSoMC", data=[line])

    def look_up(self, code: str) -> dict[str, Any] | None:
        """Return what the portal holds of a dossier, or None."""
        try:
            result = self.call("TraCuuHoSo", mahoso=code)
        except Rejected as rejection:
            if rejection.code == NOT_THERE:
                return None
            raise
        return result[0] if result and isinstance(result[0], dict) else None

    def call(self, service: str, **content: Any) -> list[Any]:
        session = self._session()
        answer = self._ask(service, session, content)
        if _code(answer) == SESSION_ENDED:
            answer = self._ask(service, self._session(ended=session), content)
        if _code(answer) not in DONE:
            raise Rejected(_code(answer), str(answer.get("message") or "Cổng không nêu lý do."))
        result = answer.get("result")
        return result if isinstance(result, list) else []

    def _session(self, *, ended: str = "") -> str:
        with self.lock:
            # Another thread may have renewed it already.
            if not self.session or self.session == ended:
                answer = self._post("/login", {"username": self.username, "password": self.password}, {})
                if not isinstance(answer.get("session"), str) or not answer["session"]:
                    raise Unreachable("Cổng không cấp phiên làm việc: kiểm tra tên đăng nhập và mật khẩu.")
                self.session = answer["session"]
            return self.session

    def _ask(self, service: str, session: str, content: dict[str, Any]) -> dict[str, Any]:
        body = {"session": session, "madonvi": self.agency, "service": service, **content}
        return self._post("/api", body, {"dstcode": self.dstcode})

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        try:
            answer = _post(self.url.rstrip("/") + path, body, headers)
            said = answer.json()
        except httpx2.HTTPError as fault:
            raise Unreachable(f"Không kết nối được Cổng quốc gia ({type(fault).__name__}).") from fault
        except ValueError:
            raise Unreachable(f"Cổng quốc gia trả lời {answer.status_code}, không phải JSON.") from None
        if answer.status_code >= 500 or not isinstance(said, dict):
            raise Unreachable(f"Cổng quốc gia trả lời {answer.status_code}.")
        return said


# A short hiccup is not worth a wait of minutes; a longer one is the outbox's business.
@stamina.retry(on=httpx2.TransportError, attempts=3, wait_initial=0.1, wait_max=1.0, timeout=15.0)
def _post(url: str, body: dict[str, Any], headers: dict[str, str]) -> httpx2.Response:
    return httpx2.post(url, json=body, headers=headers, timeout=TIMEOUT, follow_redirects=False)


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("error_code", ""))


_KNOWN: dict[tuple[str, ...], Portal] = {}


def portal() -> Portal | None:
    """Return the portal of the settings, with the session it still has; None where none is set up."""
    env = settings.ENV
    if not env.national_portal_url:
        return None
    key = (env.national_portal_url, env.national_portal_username, env.national_portal_password, env.national_portal_dstcode)
    if key not in _KNOWN:
        _KNOWN[key] = Portal(*key, agency=env.province_agency_code)
    return _KNOWN[key]
