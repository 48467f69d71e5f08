"""Importing the procedures of others: every record is accounted for, and what is wrong with it is said."""

import gzip
import json
import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.errors import Refused
from tinhso.procedures.actions import import_file, publish
from tinhso.procedures.definition import Channel, ChannelTerms, Fee, LegalBasis, Level, Limit, Outcome, Paper, Phase, Subject, TimeUnit
from tinhso.procedures.imports.findings import KINDS
from tinhso.procedures.imports.reader import UnknownFile, readings
from tinhso.procedures.models import ImportRun, ProcedureVersion
from tinhso.procedures.queries import current_version
from tinhso.procedures.tests.examples import BIRTH

NOW = datetime(2024, 4, 1, 2, tzinfo=UTC)
JANUARY, APRIL = date(2024, 1, 1), date(2024, 4, 1)

LINE = {
    "ma_thu_tuc": "9.000007",
    "ten_thu_tuc": "Cấp thẻ thử (9.000007)",
    "so_quyet_dinh": "1/QĐ",
    "cap_thuc_hien": "Cấp tỉnh, Cấp xã",
    "linh_vuc": "Thử",
    "doi_tuong_thuc_hien": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "co_quan_thuc_hien": "Sở Thử",
    "trinh_tu_thuc_hien": "Nộp rồi nhận.",
    "yeu_cau_dieu_kien": "Không có thông tin",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Thử12/2020/QH14Nghị định về thử3/2021/NĐ-CP",
    "ket_qua": "Thẻ thửMã: KQ.G99.000001Văn bản trả lờiMã: abc",
    "detail_url": "https://example.org/7",
    "bo_nganh": "bo-thu",
    "_channels": [
        {"channel": "Trực tiếp", "duration": 5.0, "unit": "Ngày làm việc", "fee": 0, "note": None},
        {"channel": "Trực tuyến", "duration": 3.0, "unit": "Ngày làm việc", "note": "1,000,000 VNĐ(mỗi lần)"},
    ],
    "_papers": [{"case": "", "name": "- Đơn", "originals": 1, "copies": 2}],
}

NATIONAL = {
    "MATTHC": "9.000008",
    "TENTTHC": "Cấp giấy thử",
    "MACOQUANCONGBO": "G99",
    "TRANGTHAI": "1",
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "G99-01", "TENLINHVUC": "Thử"}],
    "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Nộp"}, {"TENTRINHTU": "Nhận"}]}],
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "2",
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": "7",
                    "DONVITINH": "Ngày",
                    "MOTA": "",
                    "PHILEPHI": [{"MAPHILEPHI": "P1", "SOTIEN": "50000", "DONVI": "Đồng", "MOTA": ""}],
                }
            ],
        }
    ],
    "THANHPHANHOSO": [
        {"TRUONGHOP": "", "GIAYTO": [{"MAGIAYTO": "000.00.00.G99-KQ000001", "TENGIAYTO": "Đơn", "TENMAUDON": "Mẫu 1", "URL": ""}]}
    ],
    "DOITUONGTHUCHIEN": [{"TENDOITUONG": "Doanh nghiệp"}],
    "COQUANTHUCHIEN": [{"MADONVI": "H47.17", "TENDONVI": "Sở Thử"}],
    "KETQUATHUCHIEN": [{"MAKETQUA": "KQ.G99.000002", "TENKETQUA": "Giấy thử"}],
    "CANCUPHAPLY": [{"SOVANBAN": "12/2020/QH14", "TENVANBAN": "Luật Thử"}],
    "YEUCAU": "Đủ tuổi",
}


def lines(*records) -> bytes:
    return "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records).encode()


def answer(*records) -> bytes:
    return json.dumps({"error_code": 0, "result": list(records)}, ensure_ascii=False).encode()


def said(record) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.kind) for finding in readings(lines(record))[0].findings]


def test_a_line_of_a_catalogue_is_read_whole():
    (reading,) = readings(lines(LINE))
    definition = reading.definition

    assert (definition.code, definition.name, definition.field) == ("9.000007", "Cấp thẻ thử", "Thử")
    assert definition.levels == [Level.PROVINCE, Level.COMMUNE]
    assert definition.subjects == [Subject.CITIZEN, Subject.ORGANISATION]
    assert definition.channels == [
        ChannelTerms(
            channel=Channel.COUNTER,
            phases=[Phase(limit=Limit(amount=5, unit=TimeUnit.WORKING_DAY))],
            fees=[Fee(name="Phí, lệ phí", amount=0)],
        ),
        ChannelTerms(
            channel=Channel.ONLINE,
            phases=[Phase(limit=Limit(amount=3, unit=TimeUnit.WORKING_DAY))],
            fees=[Fee(name="Phí, lệ phí", amount=1_000_000, note="1,000,000 VNĐ(mỗi lần)")],
        ),
    ]
    assert definition.cases[0].papers == [Paper(key="don", name="Đơn", originals=1, copies=2)]
    assert definition.legal_bases == [
        LegalBasis(number="12/2020/QH14", title="Luật Thử"),
        LegalBasis(number="3/2021/NĐ-CP", title="Nghị định về thử"),
    ]
    assert definition.outcomes == [Outcome(name="Thẻ thử", code="KQ.G99.000001"), Outcome(name="Văn bản trả lời")]
    assert definition.conditions == ""
    assert said(LINE) == [("note", "outcome-code")]


def test_a_record_of_the_national_portal_is_read_whole():
    (reading,) = readings(answer(NATIONAL))
    definition = reading.definition

    assert (definition.code, definition.name, definition.field, definition.field_code) == ("9.000008", "Cấp giấy thử", "Thử", "G99-01")
    assert (definition.levels, definition.subjects, definition.publisher) == ([Level.PROVINCE], [Subject.ENTERPRISE], "G99")
    assert definition.steps_text == "Nộp\nNhận"
    assert definition.channels == [
        ChannelTerms(
            channel=Channel.ONLINE,
            phases=[Phase(limit=Limit(amount=7, unit=TimeUnit.CALENDAR_DAY))],
            fees=[Fee(code="P1", name="Phí, lệ phí", amount=50_000)],
        )
    ]
    assert definition.cases[0].papers == [Paper(key="don", name="Đơn", code="000.00.00.G99-KQ000001", originals=1, form="Mẫu 1")]
    assert definition.outcomes == [Outcome(name="Giấy thử", code="KQ.G99.000002")]
    assert definition.legal_bases == [LegalBasis(number="12/2020/QH14", title="Luật Thử")]
    assert definition.conditions == "Đủ tuổi"
    assert reading.findings == []


def channel(**changes):
    return LINE | {"ket_qua": "Thẻ", "_channels": [LINE["_channels"][0] | changes]}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (channel(duration=None), [("incomplete", "limit")]),
        (channel(unit=None), [("incomplete", "limit-unit")]),
        (channel(duration=0), [("contradiction", "limit-value")]),
        (channel(duration=1100.0, unit="Ngày"), [("contradiction", "limit-value")]),
        (channel(fee=None), [("incomplete", "fee")]),
        (channel(fee=25.0), [("contradiction", "fee-value")]),
        (channel(note="Mức thu do Hội đồng nhân dân tỉnh quy định"), [("contradiction", "fee-zero")]),
        (channel(note="Không thu lệ phí theo quy định của Luật"), []),
        (channel(fee=145.0, currency="USD"), [("note", "fee-currency")]),
        (channel(channel="Bồ câu"), [("contradiction", "channels"), ("incomplete", "channels")]),
        (LINE | {"ket_qua": "", "_papers": []}, [("incomplete", "papers"), ("incomplete", "outcome")]),
        (channel() | {"_papers": [{"case": "", "name": "Đơn", "originals": 20261, "copies": 0}]}, [("contradiction", "paper-count")]),
        (channel() | {"co_quan_thuc_hien": "Bộ Thử"}, [("contradiction", "level-agency")]),
        (channel() | {"co_quan_thuc_hien": "Phòng quản lý thử"}, []),
        (channel() | {"ten_thu_tuc": "Cấp thẻ (9.000001)"}, [("contradiction", "name-code")]),
        (channel() | {"cap_thuc_hien": "", "can_cu_phap_ly": ""}, [("incomplete", "legal-bases"), ("incomplete", "level")]),
        (LINE | {"ma_thu_tuc": "abc"}, [("rejected", "code")]),
        (LINE | {"ten_thu_tuc": " "}, [("rejected", "name")]),
        (LINE | {"_channels": "không phải danh sách"}, [("rejected", "shape")]),
    ],
)
def test_what_is_missing_or_cannot_be_true_is_said(record, expected):
    assert said(record) == expected


def test_what_was_written_is_kept_where_it_cannot_be_a_limit():
    (reading,) = readings(lines(channel(unit=None)))

    assert reading.definition.channels[0].phases == [Phase(note="Thời hạn ghi: 5")]


def test_records_are_compared_with_each_other():
    other = LINE | {"ma_thu_tuc": "9.000009", "ten_thu_tuc": "Khác"}
    found = readings(lines(LINE, LINE, LINE | {"ten_thu_tuc": "Sửa"}, other, "{hỏng"))

    assert [[finding.message for finding in reading.findings if finding.kind != "outcome-code"] for reading in found] == [
        ["cùng một trang với 9.000009: nội dung có thể là của thủ tục khác"],
        ["mã đã có ở bản ghi thứ 1 (giống hệt)"],
        ["mã đã có ở bản ghi thứ 1 (khác nội dung)"],
        ["cùng một trang với 9.000007: nội dung có thể là của thủ tục khác"],
        ["bản ghi không theo khuôn dạng LayThuTuc hay danh mục JSON"],
    ]


def counts(run: ImportRun) -> tuple[int, ...]:
    return run.read, run.new, run.changed, run.unchanged, run.waiting, run.rejected


@pytest.mark.django_db
def test_none_is_lost_and_the_rejected_stay_listed():
    run = import_file(lines(LINE, LINE, "{hỏng", NATIONAL), file_name="a.jsonl", valid_from=APRIL, at=NOW)

    assert counts(run) == (4, 2, 0, 0, 0, 2)
    rejected = run.findings.filter(severity="rejected").values_list("position", "code", "kind", "record")
    assert list(rejected) == [(2, "9.000007", "repeated", LINE), (3, "", "unreadable", "{hỏng")]
    assert current_version("9.000007", APRIL).source == "import"


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_a_changed_record_makes_a_version():
    import_file(lines(LINE, NATIONAL), file_name="a.jsonl", valid_from=JANUARY, at=NOW)

    again = import_file(gzip.compress(lines(LINE, NATIONAL)), file_name="a.jsonl.gz", valid_from=APRIL, at=NOW)
    changed = import_file(lines(LINE | {"ten_thu_tuc": "Đổi tên"}), file_name="b.jsonl", valid_from=APRIL, at=NOW)

    assert counts(again) == (2, 0, 0, 2, 0, 0)
    assert counts(changed) == (1, 0, 1, 0, 0, 0)
    assert (current_version("9.000007", date(2024, 3, 31)).name, current_version("9.000007", APRIL).name) == ("Cấp thẻ thử", "Đổi tên")


@pytest.mark.django_db
def test_a_procedure_of_the_province_keeps_its_version_and_the_imported_text_waits():
    publish(BIRTH, valid_from=JANUARY, source="tinhso", at=NOW)
    record = LINE | {"ma_thu_tuc": BIRTH.code, "ten_thu_tuc": "Khai sinh theo mẫu mới"}

    first = import_file(lines(record), file_name="a.jsonl", valid_from=APRIL, at=NOW)
    again = import_file(lines(record), file_name="a.jsonl", valid_from=APRIL, at=NOW)

    assert (counts(first), counts(again)) == ((1, 0, 0, 0, 1, 0), (1, 0, 0, 1, 0, 0))
    assert current_version(BIRTH.code, APRIL).definition == BIRTH
    draft = ProcedureVersion.objects.get(procedure__code=BIRTH.code, state="draft")
    assert (draft.name, draft.definition.route) == ("Khai sinh theo mẫu mới", BIRTH.route)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"xin chao", b"\xff\xfe\x00", b"\x1f\x8bhong", b"[1, 2]"])
def test_a_file_of_another_kind_is_refused_whole(content):
    with pytest.raises(Refused, match=r"Không nhập được tệp x\.bin"):
        import_file(content, file_name="x.bin", valid_from=APRIL, at=NOW)
    assert ImportRun.objects.count() == 0


@pytest.mark.django_db
def test_the_command_prints_every_finding(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(channel(unit=None), "{hỏng"))

    call_command("import_procedures", str(path), "--json", valid_from=APRIL)

    printed = json.loads(capsys.readouterr().out)
    assert printed | {"run": 0} == {
        "run": 0,
        "file": "a.jsonl",
        "read": 2,
        "loaded": 1,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "waiting": 0,
        "rejected": 1,
        "findings": [
            {
                "position": 1,
                "code": "9.000007",
                "severity": "incomplete",
                "kind": "limit-unit",
                "message": "hình thức trực tiếp: thời hạn 5 không nêu đơn vị",
            },
            {
                "position": 2,
                "code": "",
                "severity": "rejected",
                "kind": "unreadable",
                "message": "bản ghi không theo khuôn dạng LayThuTuc hay danh mục JSON",
            },
        ],
    }
    call_command("import_procedures", str(path), valid_from=APRIL)
    assert "đọc 2 bản ghi, nhận 1 (0 mới, 0 thay đổi, 1 giữ nguyên, 0 chờ xem), không nhận 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Không đọc được tệp"):
        call_command("import_procedures", str(tmp_path / "khong-co.json"))


@pytest.mark.django_db
def test_all_real_records_load(testdata):
    content = (testdata / "procedures" / "tthc_dvcqg_2642.jsonl.gz").read_bytes()
    before = time.process_time()

    run = import_file(content, file_name="tthc.jsonl.gz", valid_from=APRIL, at=NOW)

    assert counts(run) == (2642, 2642, 0, 0, 0, 0)
    assert ProcedureVersion.objects.on(APRIL).count() == 2642
    kinds = Counter(run.findings.values_list("kind", flat=True))
    assert set(kinds) <= set(KINDS)
    # The fifteen records that the crawl filled with another's page, and the two whose page it is.
    assert (kinds["same-page"], kinds["channels"]) == (17, 15)
    assert time.process_time() - before < 10


strange = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=30)
    | st.sampled_from(["1e999", "\x00", "\ud800", "Ngày", "Trực tiếp", "2", "Mã: ", "7" * 50]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*LINE["_channels"][0], *LINE["_papers"][0]]), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from([LINE, NATIONAL]), st.data())
def test_no_record_however_strange_stops_an_import(record, data):
    changed = record | data.draw(st.dictionaries(st.sampled_from(sorted(record)), strange, min_size=1, max_size=4))

    with transaction.atomic():
        run = import_file(lines(changed, LINE | {"ma_thu_tuc": "9.000077"}), file_name="a", valid_from=APRIL, at=NOW)
        assert run.read == 2
        assert run.loaded >= 1
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_what_is_nested_without_end_is_no_catalogue(text):
    with pytest.raises(UnknownFile):
        readings(text.encode())


def test_a_code_longer_than_codes_are_is_rejected():
    assert said(LINE | {"ma_thu_tuc": "9.000001." + "0" * 60}) == [("rejected", "code")]
