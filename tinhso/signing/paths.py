"""From a certificate to an anchor, at a moment: valid or not, and in words why not. Nothing here asks the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import crl, ocsp
from asn1crypto import x509 as asn1
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)

from tinhso.signing.rules import Reason

# Weakness is reported by itself, in words; a path through SHA-1 is not called broken.
BROKEN_DIGESTS = frozenset({"md2", "md5"})


@dataclass(frozen=True)
class Anchors:
    """Certificates we trust, as PEM: for signatures, and for time stamps."""

    signing: tuple[str, ...] = ()
    stamping: tuple[str, ...] = ()


@dataclass
class Path:
    """Where a certificate leads: subject first, anchor last; empty when it leads to none of ours."""

    certs: tuple[asn1.Certificate, ...] = ()
    reason: Reason | None = None


@lru_cache(maxsize=256)
def load_pem(text: str) -> asn1.Certificate:
    from asn1crypto import pem

    return asn1.Certificate.load(pem.unarmor(text.encode())[2])


def find_path(leaf: asn1.Certificate, others: Iterable[asn1.Certificate], anchors: tuple[str, ...], moment: datetime) -> Path:
    """Return the path of a certificate that was valid at a moment, or the reason why there is none."""
    roots = [load_pem(text) for text in anchors]
    pool = {cert.sha256: cert for cert in others}
    try:
        path = _validate(leaf, list(pool.values()), roots, moment)
    except PathBuildingError:
        return Path(reason=_gap(leaf, [*pool.values(), *roots]))
    except ExpiredError as fault:
        if fault.is_ee_cert:
            return Path(_without_time(leaf, list(pool.values()), roots), Reason("expired", show(fault.expired_dt)))
        return Path(reason=Reason("chain_expired", show(fault.expired_dt)))
    except NotYetValidError as fault:
        if fault.is_ee_cert:
            return Path(_without_time(leaf, list(pool.values()), roots), Reason("not_yet_valid", show(leaf.not_valid_before)))
        return Path(reason=Reason("chain_expired", show(moment)))
    except (ValidationError, ValueError, TypeError, KeyError) as fault:
        return Path(reason=Reason("bad_chain", type(fault).__name__))
    return Path(path)


def _validate(leaf, pool, roots, moment, *, ocsps=(), crls=()) -> tuple[asn1.Certificate, ...]:
    from tinhso.signing.pades import at_once

    context = ValidationContext(
        trust_roots=roots,
        other_certs=pool,
        moment=moment,
        best_signature_time=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
        ocsps=ocsps,
        crls=crls,
        weak_hash_algos=BROKEN_DIGESTS,
        retroactive_revinfo=True,
    )
    validator = CertificateValidator(leaf, intermediate_certs=pool, validation_context=context)
    found = at_once(validator.async_validate_path())
    return tuple(reversed(list(found)))


def _without_time(leaf, pool, roots) -> tuple[asn1.Certificate, ...]:
    """Return the path of a certificate as it was at the end of its life, to tell whose it was."""
    try:
        return _validate(leaf, pool, roots, leaf.not_valid_after - timedelta(seconds=1))
    except (ValidationError, PathBuildingError, ValueError, TypeError, KeyError):
        return ()


def _gap(leaf: asn1.Certificate, known: list[asn1.Certificate]) -> Reason:
    """Say where the way to an anchor ends: an issuer that is missing, or a root that is not ours."""
    at, seen = leaf, set()
    while at.sha256 not in seen and at.self_signed == "no":
        seen.add(at.sha256)
        issuer = next((cert for cert in known if cert.subject == at.issuer and cert.sha256 not in seen), None)
        if issuer is None:
            return Reason("unknown_root", name_of(at.issuer))
        at = issuer
    return Reason("unknown_root", name_of(at.subject))


@dataclass(frozen=True)
class Revocation:
    """What is known of a path: revoked when and at which place, or not; `known` when every answer was there."""

    known: bool
    revoked_at: datetime | None = None
    leaf: bool = True


def revocation_of(certs: tuple[asn1.Certificate, ...], ocsps: list[bytes], crls: list[bytes], now: datetime) -> Revocation:
    """Return whether a certificate of a path was revoked by now, as the evidence says; evidence that is not the issuer's counts nothing."""
    answers, lists = _load(ocsp.OCSPResponse, ocsps), _load(crl.CertificateList, crls)
    # A path that has expired is asked as it was on its last day: the authorities answer for that long.
    moment = min([now, *(cert.not_valid_after - timedelta(seconds=1) for cert in certs)])
    try:
        _validate(certs[0], list(certs[1:]), [certs[-1]], moment, ocsps=answers, crls=lists)
    except RevokedError as fault:
        return Revocation(True, fault.revocation_dt, fault.is_ee_cert)
    except (ValidationError, PathBuildingError, ValueError, TypeError, KeyError):
        return Revocation(False)
    return Revocation(_answered(certs, answers, lists))


def _answered(certs, answers, lists) -> bool:
    """Return whether the leaf has an answer: its serial in an OCSP answer, or a list of its issuer."""
    leaf = certs[0]
    serials = {
        entry["cert_id"]["serial_number"].native
        for answer in answers
        if answer["response_status"].native == "successful"
        for entry in answer.response_data["responses"]
    }
    return leaf.serial_number in serials or any(one.issuer == leaf.issuer for one in lists)


def _load(kind, ders: list[bytes]) -> list:
    loaded = []
    for der in ders:
        try:
            one = kind.load(der)
            one.native  # noqa: B018  parse now: evidence that cannot be read is no evidence
        except (ValueError, TypeError, KeyError):
            continue
        loaded.append(one)
    return loaded


def name_of(name: asn1.Name) -> str:
    """Return the common name, or whatever a name has."""
    native = name.native
    found = native.get("common_name") or native.get("organizational_unit_name") or native.get("organization_name") or name.human_friendly
    return found if isinstance(found, str) else ", ".join(found)


def show(moment: datetime) -> str:
    """Return a moment as it is written here: Vietnamese time."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%H:%M:%S %d/%m/%Y")
