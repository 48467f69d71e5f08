"""Two documents that the state signed: the verdicts are those of the ground truth, and pdfsig's."""

import csv
import re
import subprocess
from datetime import UTC, datetime
from shutil import which

import pytest

from tinhso.signing.actions import add_anchor
from tinhso.signing.queries import report_on

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ANCHOR = "VGCA_CA_phuc_vu_co_quan_nha_nuoc_G2.intermediate.pem"


@pytest.fixture
def documents(testdata, db):
    folder = testdata / "documents"
    add_anchor((folder / ANCHOR).read_bytes(), by=None, at=datetime(2018, 9, 1, tzinfo=UTC))
    return folder


def test_the_verdicts_are_those_of_the_ground_truth(documents):
    with (documents / "signature_ground_truth.csv").open(encoding="utf-8-sig") as file:
        expected = list(csv.DictReader(file))
    found = []
    for row in expected:
        report = report_on((documents / row["file"]).read_bytes(), at=NOW, online=False)
        [one] = report.signatures
        found.append(
            {
                "file": row["file"],
                "sha256": report.sha256,
                "field": one.field_name,
                "signer_cn_type": "organisation",
                "issuer_cn": one.issuer,
                "cert_from": str(one.cert_from.date()),
                "cert_to": str(one.cert_to.date()),
                "claimed_time": str(one.claimed_at),
                "md": one.digest_algorithm,
                "subfilter": one.subfilter,
                "coverage": one.coverage,
                "intact": str(one.intact),
                "crypto_valid": str(one.crypto_valid),
                "trusted_with_G2_root": str(one.trusted),
            }
        )
    assert found == expected


def test_the_page_says_what_is_wrong_with_the_old_one_and_not_more(documents):
    def judge(name):
        report = report_on((documents / name).read_bytes(), at=NOW, online=False)
        return report.headline, [(reason.code, reason.weight) for reason in report.signatures[0].reasons]

    assert judge("signed_g2_2025_4p.pdf") == ("Chữ ký số hợp lệ", [("stamp_untrusted", "note"), ("revocation_unknown", "note")])
    assert judge("nd83_2017_signed_sha1_expired_cert.pdf") == (
        "Chưa đủ căn cứ để tin cậy",
        [("weak_digest", "doubt"), ("stamp_broken", "doubt"), ("unknown_root", "doubt"), ("expired_since", "doubt")],
    )


@pytest.mark.parametrize("name", ["signed_g2_2025_4p.pdf", "nd83_2017_signed_sha1_expired_cert.pdf"])
def test_pdfsig_agrees(documents, name, tmp_path):
    if which("pdfsig") is None:
        pytest.skip("không có pdfsig (poppler-utils)")
    told = subprocess.run(["pdfsig", "-nocert", str(documents / name)], capture_output=True, text=True, cwd=tmp_path).stdout
    [one] = report_on((documents / name).read_bytes(), at=NOW, online=False).signatures
    assert re.findall(r"Common Name: (.*)", told) == [one.signer]
    assert re.findall(r"Hash Algorithm: (.*)", told) == [{"sha1": "SHA1", "sha256": "SHA-256"}[one.digest_algorithm]]
    assert re.findall(r"Signature Validation: (.*)", told) == ["Signature is Valid." if one.intact and one.crypto_valid else ""]
    assert ("Total document signed" in told) == one.covers_whole_file
