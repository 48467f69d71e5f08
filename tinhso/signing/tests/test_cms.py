import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.keys.internal import translate_pyca_cryptography_cert_to_asn1, translate_pyca_cryptography_key_to_asn1
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from connectors.demo_ca.authority import certificate, name
from tinhso.signing.cms import envelope, integer, oid, tlv, to_sign
from tinhso.signing.pades import at_once

AT = datetime(2024, 4, 1, tzinfo=UTC)


def test_what_we_put_together_is_what_the_library_makes():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    cert = certificate(name("Nguyễn Thị Bích Liên"), key.public_key(), None, key=key, start=AT, end=AT + timedelta(days=9))
    digest = hashlib.sha256(b"van ban").digest()
    ours = envelope((cert.public_bytes(serialization.Encoding.DER),))
    attributes = ours.attributes(digest)
    made = ours.close(attributes, key.sign(to_sign(attributes), padding.PKCS1v15(), hashes.SHA256()))

    signer = SimpleSigner(
        translate_pyca_cryptography_cert_to_asn1(cert), translate_pyca_cryptography_key_to_asn1(key), SimpleCertificateStore()
    )
    work = signer.async_sign(digest, "sha256", use_pades=True, signed_attr_settings=PdfCMSSignedAttributes())
    assert made == at_once(work).dump()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_are_written_as_short_as_they_can_be(size):
    from asn1crypto.core import OctetString

    assert tlv(0x04, bytes(size)) == OctetString(bytes(size)).dump()


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 2**63, 2**159 - 1])
def test_numbers_stay_positive(number):
    from asn1crypto.core import Integer

    assert integer(number) == Integer(number).dump()


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.7.1", "2.16.840.1.101.3.4.2.1", "1.3.6.1.5.5.7.48.1.5"])
def test_identifiers_are_encoded(dotted):
    from asn1crypto.core import ObjectIdentifier

    assert oid(dotted) == ObjectIdentifier(dotted).dump()


def test_a_stamp_goes_with_the_unsigned_attributes():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    cert = certificate(name("A"), key.public_key(), None, key=key, start=AT, end=AT + timedelta(days=9))
    ours = envelope((cert.public_bytes(serialization.Encoding.DER),))
    token = cms.ContentInfo({"content_type": "data", "content": b"token"}).dump()
    read = cms.ContentInfo.load(ours.close(ours.attributes(bytes(32)), bytes(256), token))
    assert read["content"]["signer_infos"][0]["unsigned_attrs"].native == [
        {"type": "signature_time_stamp_token", "values": [{"content_type": "data", "content": b"token"}]}
    ]
