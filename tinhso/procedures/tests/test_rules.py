"""A route that a dossier can walk, and what is said about one that it cannot."""

import pytest

from tinhso.procedures.definition import RouteStep
from tinhso.procedures.notation import step
from tinhso.procedures.rules import faults, route_faults
from tinhso.procedures.tests.examples import example

SOUND = [
    "nhan | Tiếp nhận | desk | clerk | 10 | handle | → xet + hoi",
    "xet | Thẩm định | division:dat-dai | specialist | 60 | appraise | → ky",
    "hoi | Cơ quan thuế | agency:H47.25/thue | specialist | 30 | appraise | → ky",
    "ky | Ký | leader | leader | 20 | sign | → tra",
    "tra | Trả kết quả | desk | clerk | 10 | return",
]


def route(lines):
    return [RouteStep.model_validate(step(line)) for line in lines]


def form(*questions):
    return {"forms": [{"key": "trang", "title": "Trang", "fields": list(questions)}]}


def changed(old: str, new: str) -> list[str]:
    assert any(old in line for line in SOUND)
    return [line.replace(old, new) for line in SOUND]


def test_a_route_with_parallel_steps_takes_its_whole_time_along_the_longest_way():
    assert route_faults(route(SOUND)) == []


def test_a_procedure_without_route_is_only_shown():
    assert route_faults([]) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (changed("| 60 |", "| 50 |"), ["tỷ lệ thời gian theo đường dài nhất là 90 %, phải là 100 %"]),
        (changed("ky | Ký", "hoi | Ký"), ["hai bước trùng mã"]),
        (changed("→ tra", "→ het"), ["bước tiếp theo không có trong quy trình: het"]),
        (changed("| return", "| return | → nhan"), ["quy trình có vòng lặp qua bước nhan"]),
        (
            changed("| clerk | 10 | handle", "| boss | 10 | handle"),
            ["bước nhan: không có vai trò boss", "bước nhan: không hiểu đơn vị desk của vai trò boss"],
        ),
        (changed("division:dat-dai", "division:"), ["bước xet: không hiểu đơn vị division: của vai trò specialist"]),
        (changed("H47.25/thue", "H47.25"), ["bước hoi: không hiểu đơn vị agency:H47.25 của vai trò specialist"]),
        (changed("division:dat-dai", "above:"), ["bước xet: không hiểu đơn vị above: của vai trò specialist"]),
        (changed("division:dat-dai", "above:dat-dai"), []),
        (changed("→ xet + hoi", "→ xet"), ["quy trình phải có một bước đầu, đang có 2: nhan, hoi"]),
        (changed("desk | clerk | 10 | return", "records | records | 10 | return"), ["bước cuối phải là trả kết quả tại Bộ phận Một cửa"]),
        (
            changed("| leader | leader | 20", "| agency:H47 | leader | 20"),
            ["bước ky: ký và đóng dấu phải ở cơ quan giải quyết (đơn vị leader)"],
        ),
        (changed("| sign |", "| approve |"), ["không có bước ký kết quả"]),
    ],
)
def test_a_route_that_cannot_be_walked_is_refused_with_the_reason(lines, said):
    assert route_faults(route(lines)) == said


def test_parallel_needs_two_branches():
    steps = route(SOUND)
    steps[1] = steps[1].model_copy(update={"parallel": True})

    assert route_faults(steps) == ["bước xet: song song mà chỉ có một nhánh"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"channels": ["counter"]}, ["là dịch vụ công trực tuyến nhưng không có hình thức nộp trực tuyến"]),
        ({"channels": ["counter", "online", "online"]}, ["hình thức nộp trùng mã: online"]),
        (
            {"agency_field": ""},
            ["bước tham-tra: không hiểu đơn vị division: của vai trò specialist", "chưa nêu lĩnh vực của bộ phận giải quyết"],
        ),
        (form("a | A | choice | choices=Một"), ["câu hỏi a phải có ít nhất hai lựa chọn"]),
        (form("a | A", "a | B"), ["câu hỏi trùng mã: a"]),
        (form("a | A | text | when=b:x", "b | B | choice | choices=x; y"), ["câu hỏi a phụ thuộc câu chưa hỏi trước nó: b"]),
        (form("b | B | choice | choices=x; y", "a | A | text | when=b:x"), []),
        (form("b | B | yes_no", "a | A | text | when=b:yes"), ["câu hỏi a chờ câu trả lời không có của b: yes"]),
    ],
)
def test_a_procedure_that_cannot_be_filed_says_why(changes, said):
    assert faults(example(**changes)) == said
