"""A procedure said in plain words."""

import pytest

from tinhso.dossiers.testing import definition
from tinhso.portal.rules import Facts, Way, count_words, facts_of, register_words, time_words, total_words
from tinhso.procedures.definition import ChannelTerms, Definition, Paper, Phase


def terms(**given):
    return ChannelTerms.model_validate({"channel": "counter", **given})


def phases(*limits):
    return [Phase.model_validate({"limit": {"amount": amount, "unit": unit} if amount else None}) for amount, unit in limits]


@pytest.mark.parametrize(
    ("given", "same_day", "words"),
    [
        (phases((5, "working_day")), False, "5 ngày làm việc"),
        (phases((1, "working_day")), True, "Trong ngày làm việc"),
        (phases((10, "working_day"), (5, "working_day")), False, "15 ngày làm việc"),
        (phases((20, "calendar_day"), (3, "working_day")), False, "20 ngày và 3 ngày làm việc"),
        (phases((4, "hour")), False, "4 giờ làm việc"),
        (phases((None, "")), False, ""),
        ([], False, ""),
    ],
)
def test_time_is_said_as_people_say_it(given, same_day, words):
    assert time_words(given, same_day=same_day) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (terms(), "Không thu phí"),
        (terms(fees=[{"name": "Lệ phí", "amount": 0}]), "Không thu phí"),
        (terms(fees=[{"name": "Phí", "amount": 8000}, {"name": "Lệ phí", "amount": 1200000}]), "1.208.000 đ"),
        (terms(fees=[{"name": "Phí", "note": "theo nghị quyết"}]), "Theo quy định riêng"),
        (terms(fees=[{"name": "Phí", "note": "x"}, {"name": "Lệ phí", "amount": 50000}]), "Từ 50.000 đ"),
        (terms(channel="online", fees=[{"name": "Lệ phí", "amount": 100000, "online_percent": 50}]), "50.000 đ"),
        (None, ""),
    ],
)
def test_an_unknown_fee_is_not_called_free(given, words):
    assert total_words(given) == words


@pytest.mark.parametrize(
    ("paper", "count", "register"),
    [
        ({"originals": 1}, "1 bản chính", ""),
        ({"originals": 1, "copies": 2}, "1 bản chính, 2 bản sao", ""),
        ({"originals": 1, "shown_only": True, "register": "dan-cu"}, "1 bản chính, xuất trình rồi nhận lại", "cơ sở dữ liệu dân cư"),
        ({}, "", ""),
    ],
)
def test_papers_say_how_many_and_what_the_state_already_has(paper, count, register):
    read = Paper.model_validate({"key": "g", "name": "Giấy", **paper})
    assert (count_words(read), register_words(read)) == (count, register)


def test_the_first_screen_says_what_how_long_how_much_and_where():
    half = {"name": "Lệ phí", "amount": 100000, "online_percent": 50}
    days = {"phases": [{"limit": {"amount": 5, "unit": "working_day"}}]}
    read = Definition.model_validate(
        definition(
            subjects=["citizen", "enterprise"],
            channels=[{"channel": "counter", "fees": [half], **days}, {"channel": "online", "fees": [half], **days}],
        )
    )
    assert facts_of(read) == Facts(
        outcome="Giấy xác nhận",
        time="5 ngày làm việc",
        cost="50.000 đ",
        cost_note="nộp trực tiếp: 100.000 đ",
        service="Trực tuyến toàn trình",
        service_sentence="Làm hết trên mạng, không phải đến cơ quan.",
        online=True,
        ways=(
            Way("online", "Trực tuyến", "5 ngày làm việc", "50.000 đ", (), (("Lệ phí", "50.000 đ", ""),), ""),
            Way("counter", "Trực tiếp tại Bộ phận Một cửa", "5 ngày làm việc", "100.000 đ", (), (("Lệ phí", "100.000 đ", ""),), ""),
        ),
        levels=("Cấp xã",),
        subjects="công dân Việt Nam, doanh nghiệp",
    )
