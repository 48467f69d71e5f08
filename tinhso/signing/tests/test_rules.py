from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from tinhso.signing.rules import HAND_SHARE, MM, REASONS, SEAL_MM, Reason, Report, Verdict, official_box, seal_box

A4 = (210 * MM, 297 * MM)


def test_the_seal_has_its_real_size_and_covers_a_third_of_the_hand():
    hand = official_box(*A4)
    seal = seal_box(hand)
    assert (round((seal.right - seal.left) / MM), round((seal.top - seal.bottom) / MM)) == (SEAL_MM, SEAL_MM)
    wide = (hand.right - hand.left) * HAND_SHARE
    assert seal.left < hand.left and round((seal.right - hand.left) / wide, 3) == 0.333


@pytest.mark.parametrize("size", [A4, (A4[1], A4[0]), (148 * MM, 210 * MM), (60 * MM, 60 * MM)])
def test_a_signature_stays_on_the_page(size):
    box = official_box(*size)
    assert 0 <= box.left < box.right <= size[0] and 0 <= box.bottom < box.top <= size[1]


def test_the_worst_reason_decides():
    def verdict(*codes):
        return Verdict("Ky-1", reasons=[Reason(code) for code in codes]).verdict

    assert [verdict(), verdict("no_stamp"), verdict("no_stamp", "weak_digest"), verdict("weak_digest", "altered")] == [
        "valid",
        "valid",
        "doubt",
        "invalid",
    ]


def test_the_worst_signature_decides_over_the_file():
    good, bad = Verdict("Ky-1"), Verdict("Dau-2", reasons=[Reason("forged")])
    assert (Report("", 0, signatures=[good, good]).headline, Report("", 0, signatures=[good, bad]).headline) == (
        "Cả 2 chữ ký số đều hợp lệ",
        "Chữ ký số không hợp lệ",
    )


def test_facts_pass_through_a_pipe_unchanged():
    signature = Verdict("Ky-1", signer="Liên", claimed_at=datetime(2024, 4, 17, 1, tzinfo=UTC), reasons=[Reason("future", "2030")])
    report = Report("ab", 3, "", [signature])
    assert Report.from_facts(report.facts()) == report


def test_every_sentence_has_room_for_its_detail():
    with override("vi"):
        assert all("{" not in Reason(code, "x").sentence and Reason(code, "x").weight in ("invalid", "doubt", "note") for code in REASONS)
