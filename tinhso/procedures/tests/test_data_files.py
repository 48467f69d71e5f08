"""The notation of our own data files, and the files themselves."""

from datetime import date, datetime

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils.timezone import get_current_timezone

from tinhso.directory.demo.places import COMMUNE_DIVISIONS, PROVINCE_CODE, local_offices, provincial_offices
from tinhso.procedures.data_files import WrongFile, definitions
from tinhso.procedures.definition import Level, Limit, TimeUnit
from tinhso.procedures.life_events import BY_KEY
from tinhso.procedures.notation import fee, paper, question, slug, step
from tinhso.procedures.queries import current_version

OURS = list(definitions())


def test_a_paper_is_one_line():
    line = "Giấy chứng nhận | 1 bản chính, 2 bản sao | optional | register=dat-dai | note=Nếu có"

    assert paper(line) == {
        "name": "Giấy chứng nhận",
        "originals": 1,
        "copies": 2,
        "required": False,
        "shown_only": False,
        "register": "dat-dai",
        "note": "Nếu có",
    }


def test_a_question_is_one_line():
    assert question("gia | Giá trị | money | optional | when=loai:Bán; Tặng | min=1") == {
        "key": "gia",
        "label": "Giá trị",
        "kind": "money",
        "required": False,
        "when": {"loai": ["Bán", "Tặng"]},
        "minimum": 1,
    }


def test_a_fee_without_amount_is_set_elsewhere():
    assert fee("Phí thẩm định | - | note=Theo nghị quyết") == {
        "name": "Phí thẩm định",
        "amount": None,
        "kind": "phi",
        "note": "Theo nghị quyết",
    }


def test_a_step_opens_the_steps_after_it_side_by_side():
    assert step("xet | Xét | division:x | specialist | 10 | appraise | → thue + dat") == {
        "key": "xet",
        "name": "Xét",
        "unit": "division:x",
        "role": "specialist",
        "share": 10,
        "does": "appraise",
        "parallel": True,
        "next": ["thue", "dat"],
    }


def test_a_long_name_gives_a_key_cut_between_words():
    assert slug("Văn bản xác nhận của cơ sở y tế đã thực hiện kỹ thuật hỗ trợ sinh sản", 30) == "van-ban-xac-nhan-cua-co-so-y"


@pytest.mark.parametrize("line", ["Đơn | hai bản", "Đơn | 1 bản chính | optonal"])
def test_what_is_not_understood_is_said(line):
    with pytest.raises(ValueError, match="không hiểu"):
        paper(line)


def test_a_wrong_file_names_the_procedure_and_the_fault(tmp_path):
    entry = {"code": "9.000001", "name": "Thử", "field": "Thử", "levels": ["commune"], "channels": ["counter"], "limit": "mười ngày"}
    (tmp_path / "thu.yaml").write_text(yaml.safe_dump({"procedures": [entry]}, allow_unicode=True), encoding="utf-8")

    with pytest.raises(WrongFile, match=r"thu.yaml, thủ tục 9.000001: không hiểu thời hạn “mười ngày”"):
        list(definitions(tmp_path))
    with pytest.raises(CommandError, match="không hiểu thời hạn"):
        call_command("load_procedures", folder=tmp_path)


@pytest.mark.parametrize("definition", OURS, ids=lambda definition: definition.code)
def test_every_procedure_of_ours_is_complete(definition):
    assert definition.legal_bases, "căn cứ pháp lý"
    assert definition.outcomes, "kết quả"
    assert definition.route, "quy trình"
    assert definition.forms, "biểu mẫu điện tử"
    assert definition.keywords, "từ người dân dùng"
    assert definition.steps_text, "trình tự"
    assert set(definition.life_events) <= set(BY_KEY)
    assert all(case.papers for case in definition.cases)
    assert all(phase.limit for terms in definition.channels for phase in terms.phases)
    assert all(terms.phases for terms in definition.channels)


@pytest.mark.parametrize("definition", OURS, ids=lambda definition: definition.code)
def test_every_step_finds_its_unit_in_the_demonstration_province(definition):
    offices = provincial_offices() + local_offices()
    held = {
        f"{PROVINCE_CODE}.{office.number}" if office.number else PROVINCE_CODE: {f for d in office.divisions for f in d.fields}
        for office in offices
    }
    by_kind = {
        Level.COMMUNE: [{field for division in COMMUNE_DIVISIONS for field in division.fields}],
        Level.DISTRICT: [{f for d in office.divisions for f in d.fields} for office in offices if office.kind == "district"],
        Level.PROVINCE: [{f for office in offices if office.kind == "department" for d in office.divisions for f in d.fields}],
    }
    for one in definition.route:
        kind, _, name = one.unit.partition(":")
        code, _, field = name.partition("/")
        if kind == "agency":
            assert not field or field in held[code]
            assert code in held
        if kind == "above":
            assert definition.levels == [Level.COMMUNE]
            assert not name or all(name in fields for fields in by_kind[Level.DISTRICT])
        if kind == "division":
            assert all(name in fields for level in definition.levels for fields in by_kind[level])


@pytest.mark.parametrize("definition", [one for one in OURS if Level.PROVINCE in one.levels], ids=lambda definition: definition.code)
def test_a_procedure_of_the_province_goes_to_the_department_it_names(definition):
    departments = {
        office.name
        for office in provincial_offices()
        if office.kind == "department" and any(definition.agency_field in division.fields for division in office.divisions)
    }

    assert any(name in definition.solving_agency for name in departments)
    # Only investment and building may also be asked of the board of the economic zones.
    assert departments - {"Ban Quản lý các Khu kinh tế và Khu công nghiệp"} <= {
        name for name in departments if name in definition.solving_agency
    }


@pytest.mark.django_db
def test_a_loaded_procedure_is_in_force():
    call_command("load_procedures")

    version = current_version("1.001193", date(2024, 4, 15))
    assert (version.name, version.has_route, version.levels) == ("Đăng ký khai sinh", True, ["commune"])
    terms = version.definition.terms("online")
    assert [phase.limit for phase in terms.phases] == [Limit(amount=1, unit=TimeUnit.WORKING_DAY)]
    assert version.recorded_at < datetime.now(get_current_timezone())
