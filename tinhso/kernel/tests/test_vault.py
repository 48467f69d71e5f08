"""What nobody reads in a copy of the database."""

import base64
from dataclasses import replace

import pytest

from tinhso.kernel.vault import blind_index, mask, seal, unseal

NUMBER = "049190012345"


def test_a_sealed_text_opens_in_its_own_column_only():
    sealed = seal(NUMBER, "person.number")
    assert (unseal(sealed, "person.number"), NUMBER in sealed, seal(NUMBER, "person.number") == sealed) == (NUMBER, False, False)
    with pytest.raises(ValueError, match="was altered"):
        unseal(sealed, "person.phone")


def test_a_changed_text_does_not_open():
    name, _, body = seal(NUMBER, "c").partition(".")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(ValueError, match="was altered"):
        unseal(f"{name}.{base64.b64encode(bytes(raw)).decode()}", "c")


def test_nothing_stays_nothing():
    assert (seal("", "c"), unseal("", "c"), blind_index("", "p"), mask("")) == ("", "", "", "")


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    old = seal(NUMBER, "c")
    secrets = settings.SECRETS
    settings.SECRETS = replace(secrets, data_key=b"n" * 32, data_keys_old=(secrets.data_key,))
    assert (unseal(old, "c"), unseal(seal(NUMBER, "c"), "c"), seal(NUMBER, "c")[:8] == old[:8]) == (NUMBER, NUMBER, False)
    settings.SECRETS = replace(secrets, data_key=b"n" * 32, data_keys_old=())
    with pytest.raises(LookupError):
        unseal(old, "c")


def test_equal_numbers_share_an_index_within_one_purpose(settings):
    first = blind_index(NUMBER, "personal-number")
    assert blind_index(NUMBER, "personal-number") == first != blind_index(NUMBER, "phone")
    settings.SECRETS = replace(settings.SECRETS, index_key=b"x" * 32)
    assert blind_index(NUMBER, "personal-number") != first


@pytest.mark.parametrize(("text", "masked"), [(NUMBER, "*********345"), ("0905123456", "*******456"), ("12", "12")])
def test_masks_leave_the_end(text, masked):
    assert mask(text) == masked
