"""The verbs of this room: signing, holding certificates, trusting authorities."""

from tinhso.signing.actions.holding import (
    ensure_certificate,
    issue_certificates,
    issue_missing_certificates,
    register_certificate,
    renew_certificate,
    revoke_certificate,
)
from tinhso.signing.actions.signing import Signed, heal_signatures, set_signature_image, sign_pdf
from tinhso.signing.actions.trusting import add_anchor, end_anchor, trust_authority

__all__ = [
    "Signed",
    "add_anchor",
    "end_anchor",
    "ensure_certificate",
    "heal_signatures",
    "issue_certificates",
    "issue_missing_certificates",
    "register_certificate",
    "renew_certificate",
    "revoke_certificate",
    "set_signature_image",
    "sign_pdf",
    "trust_authority",
]
