import pytest
from vietnam_qr_pay import QRPay

from tinhso.payments.rules import Reckoning, Verdict, found_in, key_of, money_text, purpose_of, reckon, viet_qr


@pytest.mark.parametrize(
    ("asked", "before", "amount", "due", "found"),
    [
        (24000, 0, 24000, True, Reckoning(Verdict.EXACT, paid=True)),
        (24000, 0, 20000, True, Reckoning(Verdict.SHORT, paid=False)),
        (24000, 20000, 4000, True, Reckoning(Verdict.EXACT, paid=True)),
        (24000, 0, 30000, True, Reckoning(Verdict.OVER, paid=True, excess=6000)),
        (24000, 20000, 5000, True, Reckoning(Verdict.OVER, paid=True, excess=1000)),
        (24000, 24000, 24000, False, Reckoning(Verdict.LATE, paid=False, excess=24000)),
    ],
)
def test_an_amount_is_measured_by_what_was_asked(asked, before, amount, due, found):
    assert reckon(asked, before, amount, due=due) == found


def test_the_code_says_what_the_national_vector_says():
    """The checked vector of NAPAS: account 0011012345678 at 970403, 180000 đồng."""
    vector = QRPay.init_viet_qr(bank_bin="970403", bank_number="0011012345678", amount="180000", purpose="thanh toan don hang")
    vector.additional_data.bill_number = "NPS6869"
    assert vector.build()[-4:] == "2E2E"
    assert viet_qr("970415", "49000000000001", 24000, "H49.31.04-240415-0001") == (
        "000201" "010212" "38580010A00000072701280006970415011449000000000001" "0208QRIBFTTA"
        "5303704" "540524000" "5802VN" "62250821H49.31.04-240415-0001" "6304A15D"
    )  # fmt: skip


def test_a_code_is_read_back_as_it_was_meant():
    read = QRPay(viet_qr("970415", "49000000000001", 24000, "H49.31.04-240415-0001 L2"))
    assert (read.is_valid, read.consumer.bank_bin, read.consumer.bank_number, read.amount, read.additional_data.purpose) == (
        True,
        "970415",
        "49000000000001",
        "24000",
        "H49.31.04-240415-0001 L2",
    )


def test_the_purpose_carries_the_code_of_the_dossier():
    assert [
        purpose_of("H49.31.04-240415-0001", 1),
        purpose_of("H49.31.04-240415-0001", 2),
        purpose_of("000.00.31.H49-240415-0001", 12),
    ] == [
        "H49.31.04-240415-0001",
        "H49.31.04-240415-0001 L2",
        "0000031H492404150001L12",
    ]
    with pytest.raises(ValueError, match="does not fit"):
        purpose_of("MÃ-CÓ-DẤU", 1)


@pytest.mark.parametrize(
    ("remark", "found"),
    [
        ("H49.31.04-240415-0001", 1),
        ("CT DEN:123 h49 31 04 240415 0001 NGUYEN VAN A chuyen tien", 1),
        ("MBVCB.55.H4931042404150001L2.CT tu 0011 TRAN BINH", 2),
        ("nop le phi khai sinh", None),
        ("", None),
    ],
)
def test_a_remark_that_went_through_banks_still_names_its_request(remark, found):
    assert found_in(remark, {key_of("H49.31.04-240415-0001"): 1, key_of("H49.31.04-240415-0001 L2"): 2}) == found


def test_sums_are_written_as_people_read_them():
    assert [money_text(amount) for amount in (0, 8000, 1250000)] == ["0 đồng", "8.000 đồng", "1.250.000 đồng"]
