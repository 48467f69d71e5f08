"""The OpenID Connect client: authorization code with PKCE, state and nonce; every token's signature is checked.

Written here and not taken from allauth's provider, which trusts an unsigned token from a direct answer, knows no
nonce, and keeps the claims, personal number included, in clear in its own table.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from joserfc import jwk, jwt
from joserfc.errors import JoseError

TIMEOUT = httpx2.Timeout(10, connect=4)
KNOWN_FOR = 600.0
LEEWAY = 60
ALGORITHMS = ["RS256", "PS256", "ES256"]


class Unreachable(Exception):
    """The e-ID service does not answer, or answers nonsense about itself."""


class Untrusted(Exception):
    """An answer that proves nothing; the text is for the log."""


@dataclass(frozen=True)
class Errand:
    """What we must remember between sending a citizen away and their coming back."""

    state: str
    nonce: str
    verifier: str


def new_errand() -> Errand:
    return Errand(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass
class Service:
    """An e-ID service as it describes itself; read anew every ten minutes, its keys also when an unknown one signs."""

    issuer: str
    client_id: str
    client_secret: str
    described: dict[str, Any] = field(default_factory=dict)
    keys: jwk.KeySet | None = None
    read_at: float = 0.0

    def authorize_address(self, errand: Errand, *, redirect_uri: str, scope: str, acr_values: str = "") -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(errand.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if acr_values:
            asked["acr_values"] = acr_values
        return f"{self._describe()['authorization_endpoint']}?{urlencode(asked)}"

    def claims_for(self, code: str, errand: Errand, *, redirect_uri: str) -> dict[str, Any]:
        """Exchange a code and return all that the service says about the citizen."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": errand.verifier}
        tokens = self._ask("POST", self._describe()["token_endpoint"], data=form, auth=(self.client_id, self.client_secret))
        if not isinstance(tokens.get("id_token"), str) or not isinstance(tokens.get("access_token"), str):
            raise Untrusted("the answer holds no tokens")
        claims = self._verified(tokens["id_token"], errand.nonce)
        if endpoint := self._describe().get("userinfo_endpoint"):
            more = self._ask("GET", endpoint, headers={"Authorization": f"Bearer {tokens['access_token']}"})
            if more.get("sub") != claims["sub"]:
                raise Untrusted("userinfo speaks of somebody else")
            # What is signed counts more than what is not.
            claims = more | claims
        return claims

    def _describe(self) -> dict[str, Any]:
        if not self.described or time.monotonic() - self.read_at > KNOWN_FOR:
            said = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if said.get("issuer") != self.issuer:
                raise Unreachable("the service calls itself something else")
            if not all(isinstance(said.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
                raise Unreachable("the service does not say where its doors are")
            self.described, self.keys, self.read_at = said, None, time.monotonic()
        return self.described

    def _key_set(self, *, anew: bool = False) -> jwk.KeySet:
        if self.keys is None or anew:
            try:
                self.keys = jwk.KeySet.import_key_set(self._ask("GET", self._describe()["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, KeyError, TypeError, ValueError) as fault:
                raise Unreachable("the service has no readable keys") from fault
        return self.keys

    def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # A key that came into use a moment ago.
                token = jwt.decode(id_token, self._key_set(anew=True), algorithms=ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError, TypeError) as fault:
            raise Untrusted(f"ID token: {fault}") from fault
        audience = token.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and token.claims.get("azp") != self.client_id:
            raise Untrusted("ID token was issued to another client")
        return token.claims

    def _ask(self, method: str, address: str, **options) -> dict[str, Any]:
        try:
            answer = httpx2.request(method, address, timeout=TIMEOUT, follow_redirects=False, **options)
        except httpx2.HTTPError as fault:
            raise Unreachable(f"{type(fault).__name__} at {address}") from fault
        if answer.status_code >= 500:
            raise Unreachable(f"{answer.status_code} from {address}")
        try:
            said = answer.json()
        except ValueError:
            said = None
        if answer.status_code != 200:
            why = said.get("error", "") if isinstance(said, dict) else ""
            raise Untrusted(f"{answer.status_code} {why} from {address}")
        if not isinstance(said, dict):
            raise Unreachable(f"no JSON from {address}")
        return said
