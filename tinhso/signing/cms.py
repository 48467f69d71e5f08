"""The CMS of a PAdES signature, put together from parts that are encoded once per certificate (RFC 5652, EN 319 122-1).

A general ASN.1 library spends seven milliseconds on each; here a signature is one digest, one use of the key and a few
lengths. `tests/test_cms.py` compares what comes out with what the library makes.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import x509 as asn1

SEQUENCE, SET, INTEGER, OCTETS, OID, NULL = 0x30, 0x31, 0x02, 0x04, 0x06, 0x05


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one DER value: tag, length, content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(number) for number in dotted.split("."))
    encoded = bytearray([first * 40 + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | (number & 0x7F))
        encoded += bytes(reversed(groups))
    return tlv(OID, bytes(encoded))


def integer(number: int) -> bytes:
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


DATA = oid("1.2.840.113549.1.7.1")
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
SHA256 = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), tlv(NULL))
RSA_SHA256 = tlv(SEQUENCE, oid("1.2.840.113549.1.1.11"), tlv(NULL))


def attribute(dotted: str, value: bytes) -> bytes:
    return tlv(SEQUENCE, oid(dotted), tlv(SET, value))


CONTENT_TYPE = attribute("1.2.840.113549.1.9.3", DATA)


@dataclass(frozen=True)
class Envelope:
    """What all signatures of one certificate share."""

    certificates: bytes
    issuer_and_serial: bytes
    signing_certificate: bytes

    def attributes(self, digest: bytes) -> bytes:
        """Return the signed attributes of a document's digest, in DER's order."""
        message_digest = attribute("1.2.840.113549.1.9.4", tlv(OCTETS, digest))
        return b"".join(sorted((CONTENT_TYPE, message_digest, self.signing_certificate)))

    def close(self, attributes: bytes, signature: bytes, stamp: bytes = b"") -> bytes:
        """Return the whole CMS; `stamp` is the time-stamp token over the signature."""
        unsigned = tlv(0xA1, attribute("1.2.840.113549.1.9.16.2.14", stamp)) if stamp else b""
        signer = tlv(
            SEQUENCE, integer(1), self.issuer_and_serial, SHA256, tlv(0xA0, attributes), RSA_SHA256, tlv(OCTETS, signature), unsigned
        )
        signed = tlv(SEQUENCE, integer(1), tlv(SET, SHA256), tlv(SEQUENCE, DATA), self.certificates, tlv(SET, signer))
        return tlv(SEQUENCE, SIGNED_DATA, tlv(0xA0, signed))


def to_sign(attributes: bytes) -> bytes:
    """Return the bytes that the key signs: the attributes under the tag of a set."""
    return tlv(SET, attributes)


@lru_cache(maxsize=1024)
def envelope(chain: tuple[bytes, ...]) -> Envelope:
    """Return the envelope of a chain of certificates in DER, the signer's first; a root stays out."""
    certs = [asn1.Certificate.load(der) for der in chain]
    signer = certs[0]
    kept = sorted(der for der, cert in zip(chain, certs, strict=True) if cert is signer or cert.self_signed == "no")
    issuer, serial = signer.issuer.dump(), integer(signer.serial_number)
    issuer_serial = tlv(SEQUENCE, tlv(SEQUENCE, tlv(0xA4, issuer)), serial)
    cert_id = tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(chain[0]).digest()), issuer_serial)
    return Envelope(
        certificates=tlv(0xA0, *kept),
        issuer_and_serial=tlv(SEQUENCE, issuer, serial),
        signing_certificate=attribute("1.2.840.113549.1.9.16.2.47", tlv(SEQUENCE, tlv(SEQUENCE, cert_id))),
    )
