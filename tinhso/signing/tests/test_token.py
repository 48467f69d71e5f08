"""Keys that never leave a token: SoftHSM stands for the hardware."""

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tinhso.kernel.errors import Refused
from tinhso.signing import keys
from tinhso.signing.actions import sign_pdf
from tinhso.signing.models import Certificate

from .test_signing import moment, summary

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)


@pytest.fixture(scope="module")
def soft_token(tmp_path_factory):
    module = next((path for path in MODULES if Path(path).exists()), None)
    if module is None or which("softhsm2-util") is None:
        pytest.skip("không có SoftHSM (bin/setup --dev cài softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "tinhso", "--pin", "123456", "--so-pin", "654321"]
    subprocess.run(command, check=True, capture_output=True)
    yield {"pkcs11_module": module, "pkcs11_token": "tinhso", "pkcs11_pin": "123456"}
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def token(soft_token, pki, settings):
    settings.ENV = settings.ENV.model_copy(update=soft_token)
    keys.forget_keys()
    yield
    keys.forget_keys()


def test_keys_of_a_token_sign_and_seal(office, token, paper, settings):
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    sealed = sign_pdf(signed.content, by=office.records, for_unit=office.commune, at=moment(), kind="agency")
    assert summary(sealed.content) == [
        ("Nguyễn Thị Bích Liên", "valid", "B-LTA", True, ["later_signatures"]),
        ("Ủy ban nhân dân xã Tam Thăng", "valid", "B-LTA", True, []),
    ]
    assert [one.key_location.split(";")[0] for one in Certificate.objects.all()] == ["pkcs11:token=tinhso"] * 2
    assert not list((settings.VAR / "keys").glob("*.pem"))


def test_a_token_that_is_gone_is_told_in_words(office, token, paper, settings):
    sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    Certificate.objects.update(key_location="pkcs11:token=rut-ra;object=khoa")
    with pytest.raises(Refused, match="Không mở được thiết bị lưu khóa"):
        sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
