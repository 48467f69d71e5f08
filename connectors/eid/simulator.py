"""A small but strict OpenID Connect provider in place of the national e-ID: python -m connectors.eid.simulator --port 20171.

It keeps everything in memory and vouches for anybody: for demonstration and tests only. On its page one may also
ask for a faulty answer, to see that the site does not believe it.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import dataclass, field
from datetime import date
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from threading import Lock
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwk, jwt

from tinhso.directory.demo.citizens import CITIZENS
from tinhso.directory.rules import read_personal_number
from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import tidy

SETTINGS = {"TINHSO_EID_ISSUER": "{url}", "TINHSO_EID_CLIENT_SECRET": "bi-mat-cua-mo-phong"}
CALLBACK = "/tai-khoan/dinh-danh/ve/"
CODE_LIVES, TOKEN_LIVES = 60, 300
FAULTS = {
    "": "không",
    "signature": "chữ ký của mã thông báo bị sửa",
    "foreign-key": "ký bằng khóa lạ",
    "nonce": "sai nonce",
    "audience": "cấp cho hệ thống khác",
    "issuer": "do nơi khác cấp",
    "expired": "mã thông báo đã hết hạn",
    "subject": "userinfo của người khác",
    "claims": "thiếu số định danh",
}
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "acr_values")

PAGE = Template("""<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>Định danh điện tử (mô phỏng)</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
h1{font-size:1.4rem}fieldset{border:1px solid #bbb;border-radius:8px;margin:0 0 1rem;padding:1rem}
label{display:block;margin:.5rem 0}input[type=text],select{font:inherit;padding:.5rem;width:100%;box-sizing:border-box}
button{font:inherit;padding:.6rem 1rem;border-radius:8px;border:1px solid #0b5cab;background:#0b5cab;color:#fff;margin:.25rem 0}
button.no{background:#fff;color:#0b5cab}.error{color:#a30000}.note{color:#595959}</style></head><body><main>
<h1>Định danh điện tử (mô phỏng)</h1><p class="note">Trang này thay cho cổng định danh quốc gia khi dùng thử.
Không nhập dữ liệu thật.</p>$error<form method="post" action="/authorize">$hidden
<fieldset><legend>Công dân minh họa</legend>$citizens</fieldset>
<fieldset><legend>Người khác</legend>
<label>Số định danh cá nhân <input type="text" name="number" inputmode="numeric" autocomplete="off" value="$number"></label>
<label>Họ và tên <input type="text" name="name" autocomplete="off" value="$name"></label>
<button name="citizen" value="other">Đăng nhập với số này</button></fieldset>
<fieldset><legend>Câu trả lời</legend>
<label>Mức định danh <select name="level"><option value="2">Mức 2</option><option value="1">Mức 1</option></select></label>
<label>Lỗi cố ý, để thử <select name="fault">$faults</select></label></fieldset>
<button class="no" name="citizen" value="cancel">Không đăng nhập</button></form></main></body></html>""")


class Wrong(Exception):
    """A request that breaks the protocol: an OAuth error code, and whether the client may be told by redirect."""

    def __init__(self, error: str, description: str, status: int = 400):
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass
class Grant:
    asked: dict[str, str]
    person: dict[str, str]
    level: int
    fault: str
    until: float
    used: bool = False
    tokens: list[str] = field(default_factory=list)


@dataclass
class Provider:
    """What the provider knows; one lock, since a code must not be spent twice by two requests at once."""

    url: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, auto_kid=True))
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, tuple[Grant, float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def description(self) -> dict:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile"],
            "acr_values_supported": ["LoA1", "LoA2"],
            "authorization_response_iss_parameter_supported": True,
        }

    def check_client(self, asked: dict[str, str]) -> None:
        """Refuse what must not be redirected: an unknown client, an address that is not registered letter by letter."""
        if asked.get("client_id") != self.client_id:
            raise Wrong("invalid_client", "Hệ thống này chưa đăng ký với cổng định danh.")
        if asked.get("redirect_uri") not in self.redirect_uris:
            raise Wrong("invalid_redirect_uri", "Địa chỉ quay về không đúng địa chỉ đã đăng ký.")

    def check_asked(self, asked: dict[str, str]) -> None:
        if asked.get("response_type") != "code":
            raise Wrong("unsupported_response_type", "response_type must be code")
        if "openid" not in asked.get("scope", "").split():
            raise Wrong("invalid_scope", "scope must contain openid")
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            raise Wrong("invalid_request", "PKCE with S256 is required")
        if not asked.get("state") or not asked.get("nonce"):
            raise Wrong("invalid_request", "state and nonce are required")

    def grant(self, asked: dict[str, str], person: dict[str, str], level: int, fault: str) -> str:
        code = secrets.token_urlsafe(32)
        with self.lock:
            self.codes[code] = Grant(asked, person, level, fault, time.time() + CODE_LIVES)
        return code

    def exchange(self, form: dict[str, str], client: tuple[str, str]) -> dict:
        if not (hmac.compare_digest(client[0], self.client_id) and hmac.compare_digest(client[1], self.client_secret)):
            raise Wrong("invalid_client", "client authentication failed", 401)
        if form.get("grant_type") != "authorization_code":
            raise Wrong("unsupported_grant_type", "only authorization_code")
        with self.lock:
            grant = self.codes.get(form.get("code", ""))
            if grant is None or grant.until < time.time():
                raise Wrong("invalid_grant", "unknown or expired code")
            if grant.used:
                # RFC 6749, 4.1.2: somebody stole the code, so what was issued for it ends too.
                for token in grant.tokens:
                    self.tokens.pop(token, None)
                raise Wrong("invalid_grant", "code was used before")
            grant.used = True
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
            if form.get("redirect_uri") != grant.asked["redirect_uri"] or not hmac.compare_digest(challenge, grant.asked["code_challenge"]):
                raise Wrong("invalid_grant", "redirect_uri or code_verifier does not fit the code")
            access_token = secrets.token_urlsafe(32)
            grant.tokens.append(access_token)
            self.tokens[access_token] = (grant, time.time() + TOKEN_LIVES)
        return {"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_LIVES, "id_token": self.id_token(grant)}

    def id_token(self, grant: Grant) -> str:
        moment, fault = int(time.time()), grant.fault
        claims = {
            "iss": self.url + ("/khac" if fault == "issuer" else ""),
            "sub": grant.person["sub"],
            "aud": self.client_id + ("-khac" if fault == "audience" else ""),
            "iat": moment - (7200 if fault == "expired" else 0),
            "exp": moment + (-3600 if fault == "expired" else TOKEN_LIVES),
            "nonce": grant.asked["nonce"] + ("x" if fault == "nonce" else ""),
            "acr": f"LoA{grant.level}",
        }
        key = jwk.RSAKey.generate_key(2048) if fault == "foreign-key" else self.key
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)
        if fault == "signature":
            head, _, signature = token.split(".")
            body = base64.urlsafe_b64encode(json.dumps(claims | {"acr": "LoA2"}).encode()).rstrip(b"=").decode()
            token = f"{head}.{body}.{signature}"
        return token

    def userinfo(self, token: str) -> dict:
        with self.lock:
            grant, until = self.tokens.get(token, (None, 0.0))
        if grant is None or until < time.time():
            raise Wrong("invalid_token", "unknown or expired token", 401)
        said = dict(grant.person) | {"loAs": f"LoA{grant.level}"}
        if grant.fault == "subject":
            said["sub"] = "nguoi-khac"
        if grant.fault == "claims":
            said.pop("SoDinhDanh")
        return said


def person_of(number: str, name: str) -> dict[str, str]:
    """Return the claims of a person: of a demonstration citizen, or of whatever valid number and name was typed."""
    checked = read_personal_number(number)
    for citizen in CITIZENS:
        if citizen.personal_number == checked.number:
            return _claims(citizen.personal_number, citizen.full_name, citizen.birth_date) | {
                "SoDienThoai": citizen.phone,
                "ThuDienTu": citizen.email,
                "DiaChi": citizen.address,
            }
    if len(tidy(name).split()) < 2:
        raise Refused("Xin nhập họ và tên.", field="name")
    return _claims(checked.number, tidy(name), date(checked.birth_year, 1, 1))


def _claims(number: str, name: str, born: date) -> dict[str, str]:
    subject = hashlib.sha256(f"eid-simulator {number}".encode()).hexdigest()[:32]
    return {"sub": subject, "SoDinhDanh": number, "HoVaTen": name, "NgaySinh": born.isoformat()}


class Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *facts) -> None:
        pass

    def do_GET(self) -> None:
        self._answer({
            "/.well-known/openid-configuration": lambda: self._json(self.provider.description()),
            "/jwks": lambda: self._json({"keys": [self.provider.key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}]}),
            "/authorize": self._ask,
            "/userinfo": lambda: self._json(self.provider.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer "))),
            "/": lambda: self._html("<!doctype html><html lang=vi><title>Mô phỏng</title><p>Cổng định danh điện tử mô phỏng đang chạy."),
        })  # fmt: skip

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.form = dict(parse_qsl(self.rfile.read(min(length, 65536)).decode("utf-8", "replace"), keep_blank_values=True))
        self._answer({"/authorize": self._decide, "/token": self._token})

    def _answer(self, pages: dict) -> None:
        page = pages.get(urlsplit(self.path).path)
        try:
            if page is None:
                raise Wrong("not_found", "no such address", 404)
            page()
        except Wrong as wrong:
            self._json({"error": wrong.error, "error_description": wrong.description}, wrong.status)

    def _asked(self, source: dict[str, str]) -> dict[str, str] | None:
        """Return the request if it is in order; else tell the client, where it may be told by redirect."""
        asked = {name: source.get(name, "") for name in ASKED}
        self.provider.check_client(asked)
        try:
            self.provider.check_asked(asked)
        except Wrong as wrong:
            self._return(asked, error=wrong.error, error_description=wrong.description)
            return None
        return asked

    def _ask(self) -> None:
        asked = self._asked(dict(parse_qsl(urlsplit(self.path).query)))
        if asked is not None:
            self._form(asked)

    def _form(self, asked: dict[str, str], error: str = "", number: str = "", name: str = "") -> None:
        buttons = "".join(
            f'<p><button name="citizen" value="{position}">{escape(citizen.full_name)}</button> <span class="note">'
            f"{escape(citizen.personal_number)}, {escape(citizen.address)}</span></p>"
            for position, citizen in enumerate(CITIZENS)
        )
        self._html(
            PAGE.substitute(
                error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
                hidden="".join(f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in asked.items()),
                citizens=buttons,
                faults="".join(f'<option value="{fault}">{escape(label)}</option>' for fault, label in FAULTS.items()),
                number=escape(number),
                name=escape(name),
            )
        )

    def _decide(self) -> None:
        asked = self._asked(self.form)
        if asked is None:
            return
        chosen, number, name = self.form.get("citizen", ""), self.form.get("number", ""), self.form.get("name", "")
        if chosen == "cancel":
            self._return(asked, error="access_denied")
            return
        if chosen.isdigit() and int(chosen) < len(CITIZENS):
            number = CITIZENS[int(chosen)].personal_number
        level, fault = self.form.get("level", "2"), self.form.get("fault", "")
        if level not in ("1", "2") or fault not in FAULTS:
            raise Wrong("invalid_request", "no such level or fault")
        try:
            person = person_of(number, name)
        except Refused as refusal:
            self._form(asked, refusal.sentence, number, name)
            return
        self._return(asked, code=self.provider.grant(asked, person, int(level), fault))

    def _return(self, asked: dict[str, str], **answer: str) -> None:
        answer |= {"iss": self.provider.url} | ({"state": asked["state"]} if asked["state"] else {})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _token(self) -> None:
        client = (self.form.get("client_id", ""), self.form.get("client_secret", ""))
        kind, _, word = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            try:
                name, _, secret = base64.b64decode(word).decode().partition(":")
            except ValueError:
                raise Wrong("invalid_client", "unreadable credentials", 401) from None
            client = (unquote(name), unquote(secret))
        self._json(self.provider.exchange(self.form, client))

    def _json(self, content: dict, status: int = 200) -> None:
        self._send(json.dumps(content, ensure_ascii=False).encode(), "application/json", status)

    def _html(self, page: str) -> None:
        self._send(page.encode(), "text/html; charset=utf-8")

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=20171)
    parser.add_argument("--redirect-uri", action="append", default=[], help="an address where citizens may return to")
    options = parser.parse_args()
    site = os.environ.get("TINHSO_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    Handler.provider = Provider(
        url=f"http://127.0.0.1:{options.port}",
        client_id=os.environ.get("TINHSO_EID_CLIENT_ID", "tinhso"),
        client_secret=os.environ.get("TINHSO_EID_CLIENT_SECRET", SETTINGS["TINHSO_EID_CLIENT_SECRET"]),
        redirect_uris=tuple(options.redirect_uri) or (site + CALLBACK,),
    )
    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
