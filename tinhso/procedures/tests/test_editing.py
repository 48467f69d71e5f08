"""A procedure as texts: nothing is lost on the way there and back."""

import pytest

from tinhso.procedures.data_files import definitions
from tinhso.procedures.editing import Change, WrongText, as_texts, differences, from_texts
from tinhso.procedures.imports.reader import readings
from tinhso.procedures.tests.examples import BIRTH, example


@pytest.mark.parametrize("definition", list(definitions()), ids=lambda definition: definition.code)
def test_every_procedure_of_ours_is_the_same_after_reading_its_texts(definition):
    assert from_texts(definition.code, as_texts(definition)) == definition


def test_an_imported_procedure_keeps_its_papers_limits_and_fees(testdata):
    content = (testdata / "procedures" / "tthc_dvcqg_2642.jsonl.gz").read_bytes()
    for reading in readings(content)[::97]:
        again = from_texts(reading.code, as_texts(reading.definition))
        before = reading.definition
        assert [terms.channel for terms in again.channels] == sorted((terms.channel for terms in before.channels), key=_ORDER.index)
        assert {terms.channel: [phase.limit for phase in terms.phases] for terms in again.channels} == {
            terms.channel: [phase.limit for phase in terms.phases] for terms in before.channels
        }
        assert [[paper.originals for paper in case.papers] for case in again.cases] == [
            [paper.originals for paper in case.papers] for case in before.cases
        ]


_ORDER = ["counter", "online", "post"]


@pytest.mark.parametrize(
    ("part", "text", "said"),
    [
        ("terms_online", "mười ngày", "không hiểu dòng"),
        ("terms_online", "5 tuần", "không hiểu thời hạn"),
        ("terms_counter", "5 ngày\n+ Phí | năm nghìn", "phải là số đồng"),
        ("cases", "Đơn | vài bản", "không hiểu số lượng"),
        ("forms", "[a | A]\nten | Tên | hinh", "forms › mục 1 › fields › mục 1 › kind: “hinh” không có trong"),
        ("route", "a | Tiếp nhận", "cần mã | tên"),
        ("levels", "galaxy", "levels › mục 1: “galaxy” không có trong 'province', 'district'"),
        ("service", "gold", "service: “gold” không có trong 'full', 'partial', 'information'"),
    ],
)
def test_a_text_that_cannot_be_read_is_named(part, text, said):
    with pytest.raises(WrongText) as wrong:
        from_texts(BIRTH.code, as_texts(BIRTH) | {part: text})

    assert wrong.value.part == part
    assert said in str(wrong.value)


def test_differences_are_told_line_by_line():
    changed = example(
        name="Khai sinh",
        limit="2 ngày làm việc",
        papers=["Giấy chứng sinh | 1 bản chính", "Tờ khai | 1 bản chính"],
    )

    assert differences(BIRTH, changed) == [
        Change("name", "Tên thủ tục", ["Đăng ký khai sinh"], ["Khai sinh"]),
        Change("terms_counter", "Nộp trực tiếp", ["1 ngày làm việc"], ["2 ngày làm việc"]),
        Change("terms_online", "Nộp trực tuyến", ["1 ngày làm việc"], ["2 ngày làm việc"]),
        Change("cases", "Thành phần hồ sơ", [], ["Tờ khai | 1 bản chính"]),
    ]
    assert differences(BIRTH, BIRTH) == []
