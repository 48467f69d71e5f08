"""Finding a procedure by what people type."""

import json
import random
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from tinhso.procedures.actions import import_file, load, publish
from tinhso.procedures.data_files import definitions
from tinhso.procedures.queries import index_on, search, search_summaries
from tinhso.procedures.search.index import Entry, Index
from tinhso.procedures.search.measuring import Question, measure, with_errors
from tinhso.procedures.search.spelling import Speller
from tinhso.procedures.search.words import core, meant, tokens
from tinhso.procedures.tests.examples import BIRTH, example

NOW = datetime(2024, 4, 1, 2, tzinfo=UTC)
JANUARY, APRIL = date(2024, 1, 1), date(2024, 4, 1)


@pytest.fixture(scope="module")
def ours() -> Index:
    """Our own procedures, indexed without a database."""
    rows = enumerate(definitions())
    return Index(
        Entry(key, one.code, one.name, one.field, one.solving_agency, tuple(one.keywords), tuple(one.life_events), True, tuple(one.levels))
        for key, one in rows
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Đăng ký khai sinh", "1.001193"),
        ("dang ky khai sinh", "1.001193"),
        ("ĐĂNG KÝ KHAI SINH!!!", "1.001193"),
        ("dang ky khai sihn", "1.001193"),
        ("dangky khaisinh", "1.001193"),
        ("ddawng kys khai sinh", "1.001193"),
        ("em bé mới sinh cần làm gì", "1.001193"),
        ("xin cho hỏi hồ sơ đăng ký khai sinh gồm những gì?", "1.001193"),
        ("1.001193", "1.001193"),
        ("mã 1.001193.000.00.00.H47", "1.001193"),
        ("bố tôi mới mất", "1.000656"),
        ("giay doc than", "1.004873"),
        ("cưới vợ", "1.000894"),
        ("lấy chồng người nước ngoài", "2.000806"),
        ("sang tên sổ đỏ", "2.000889"),
        ("so do bi mat", "1.005194"),
        ("chia đất cho con", "1.004203"),
        ("hàng xóm lấn đất", "1.003554"),
        ("xin phép xây nhà", "1.009994"),
        ("nâng tầng nhà", "1.009995"),
        ("đổi bằng lái xe", "1.002809"),
        ("mở quán cà phê", "1.001612"),
        ("mo tiem photocopy", "2.001931"),
        ("quán net", "2.001885"),
        ("xin việc cần lý lịch tư pháp", "2.000488"),
        ("đăng ký ghe", "1.003650"),
        ("trại heo", "1.008128"),
        ("trợ cấp người già", "1.001776"),
        ("chuyển trường cho con", "2.002481"),
        ("mất bằng tốt nghiệp", "1.005092"),
    ],
)
def test_people_find_what_they_mean(ours, typed, code):
    assert [hit.code for hit in ours.search(typed, limit=1)] == [code]


@pytest.mark.parametrize(("typed", "code"), [("đăng ký kết h", "1.000894"), ("chuyen truo", "2.002481"), ("giay phep xay d", "1.009994")])
def test_answers_come_while_the_last_word_is_typed(ours, typed, code):
    assert code in [hit.code for hit in ours.search(typed, limit=3)]


def test_a_code_half_typed_lists_those_that_begin_so(ours):
    assert [hit.code for hit in ours.search("1.00119")] == ["1.001193"]
    assert [hit.code for hit in ours.search("1.00999")] == ["1.009994", "1.009995", "1.009997", "1.009998", "1.009999"]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzz qqqq", "\x00", "' OR 1=1 --"])
def test_what_means_nothing_finds_nothing_or_little(ours, typed):
    assert len(ours.search(typed, limit=5)) <= 5


def test_a_very_long_question_is_answered_too(ours):
    assert ours.search("đăng ký khai sinh " * 500, limit=1)[0].code == "1.001193"


def test_search_narrows_to_a_level_and_to_what_can_be_filed():
    index = Index(
        [
            Entry(1, "9.000001", "Cấp thẻ", "Thử", "", (), (), True, ("commune",)),
            Entry(2, "9.000002", "Cấp thẻ", "Thử", "", (), (), False, ("province",)),
        ]
    )

    assert [hit.code for hit in index.search("cấp thẻ")] == ["9.000001", "9.000002"]
    assert [hit.code for hit in index.search("cấp thẻ", level="province")] == ["9.000002"]
    assert [hit.code for hit in index.search("cấp thẻ", fileable=True)] == ["9.000001"]


def test_diacritics_tell_namesakes_apart():
    index = Index([Entry(1, "9.000001", "Cấp thẻ", "", ""), Entry(2, "9.000002", "Cắp thế", "", "")])

    assert [index.search(text, limit=1)[0].code for text in ("cấp thẻ", "cắp thế")] == ["9.000001", "9.000002"]


def test_the_frame_of_a_question_says_nothing_of_the_procedure():
    assert core(tokens("Cơ quan nào có thẩm quyền cấp giấy phép xây dựng?")) == ["cap", "giay", "phep", "xay", "dung"]
    assert core(tokens("thủ tục")) == ["thu", "tuc"]


def test_people_say_it_otherwise():
    assert meant(tokens("mất sổ đỏ")) == [["giay", "chung", "nhan", "quyen", "su", "dung", "dat"]]


def test_a_word_typed_with_diacritics_is_believed():
    speller = Speller([["the", "khuyet", "tat"]] * 20 + [["tre", "em"]])

    assert speller.mend(["the", "khuyt", "tat"]) == ["the", "khuyet", "tat"]
    assert speller.mend(["tre", "khuyet", "tat"], sure=True) == ["tre", "khuyet", "tat"]


@pytest.mark.django_db
def test_the_index_follows_the_catalogue():
    publish(BIRTH, valid_from=JANUARY, source="tinhso", at=NOW)
    assert [hit.code for hit in search("khai sinh", day=APRIL)] == [BIRTH.code]
    assert index_on(APRIL) is index_on(APRIL)

    publish(example("9.000002", name="Đăng ký khai tử"), valid_from=APRIL, source="tinhso", at=NOW)

    assert [hit.code for hit in search("khai tử", day=APRIL, limit=1)] == ["9.000002"]
    assert [hit.code for hit in search("khai tử", day=JANUARY, limit=1)] == [BIRTH.code]


@pytest.mark.django_db
def test_what_is_found_is_told_in_plain_values():
    publish(BIRTH, valid_from=JANUARY, source="tinhso", at=NOW)

    (found,) = search_summaries("khai sinh", day=APRIL)

    assert found | {"score": 0} == {
        "code": "9.000001",
        "version": 1,
        "name": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "levels": ["commune"],
        "service": "full",
        "fileable": True,
        "valid_from": "2024-01-01",
        "valid_to": None,
        "score": 0,
    }


def test_measuring_counts_first_and_first_five(ours):
    asked = [Question("đăng ký khai sinh", frozenset({"1.001193"})), Question("đăng ký kết hôn", frozenset({"2.000806"}))]

    measured = measure(asked, lambda text: ours.search(text, limit=5))["as_written"]

    assert (measured["questions"], measured["recall_1"], measured["recall_5"]) == (2, 0.5, 1.0)
    assert [miss["expected"] for miss in measured["missed"]] == [["2.000806"]]


def test_typing_errors_are_the_same_in_every_run():

    text = "Đăng ký thành lập hộ kinh doanh và khai sinh"

    made = [with_errors(text, random.Random(seed)) for seed in (1, 1, 2)]

    assert made[0] == made[1] != made[2]
    assert made[0] != "dang ky thanh lap ho kinh doanh va khai sinh"


@pytest.mark.django_db
def test_real_questions_find_their_procedures(testdata, capsys):
    load(definitions(), valid_from=JANUARY, at=NOW)
    content = (testdata / "procedures" / "tthc_dvcqg_2642.jsonl.gz").read_bytes()
    import_file(content, file_name="tthc.jsonl.gz", valid_from=APRIL, at=NOW)

    call_command("search_eval", str(testdata / "search_eval" / "dvcqg_faq_74.jsonl"), "--json", day=APRIL)

    measured = json.loads(capsys.readouterr().out)
    assert (measured["questions"], measured["without_procedure"]) == (56, 18)
    # Word rarity over names alone (BM25) finds 0.86 and 0.96; two of the 56 are tied to another procedure than they ask for.
    assert measured["recall_1"] >= 0.94
    assert measured["recall_5"] >= 0.96
    assert measured["held_out"]["recall_1"] >= 0.93
    assert measured["with_typing_errors"]["recall_1"] >= 0.86
