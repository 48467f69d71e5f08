"""Other systems file, read and move dossiers: what they get, and what a stranger does not."""

import uuid

import pytest
import time_machine
from django.test import Client

from tinhso.directory.models import Reading
from tinhso.dossiers.api.shapes import DossierPage, DossierRecord, Standing
from tinhso.dossiers.models import Dossier
from tinhso.dossiers.testing import at, filed, publish
from tinhso.dossiers.tests.api_client import System, filing
from tinhso.kernel.events import timeline
from tinhso.kernel.memory import forget
from tinhso.kernel.models import OnceKey
from tinhso.kernel.tests.corpus import pdf
from tinhso.payments.testing import open_account


@pytest.fixture
def system(office):
    return System("mot-cua", [office.commune])


@pytest.fixture
def stranger(office):
    return System("hang-xom", [office.neighbour])


@pytest.fixture
def monday(office):
    with time_machine.travel(at("2024-04-15 09:00"), tick=False) as traveller:
        yield traveller


PLACE = {"receiving_unit": "Bộ phận Một cửa xã Tam Đàn", "agency": "UBND xã Tam Đàn"}


def test_the_four_calls_of_a_life(system, office, version, monday, pki):
    key = uuid.uuid4()
    first = system.post("/dossiers", filing(), key=key)
    assert (first.status_code, first.json()) == (
        201,
        {
            "id": Dossier.objects.get().pk,
            "code": "H47.31.01-240415-0001",
            "procedure": {"code": "1.000001", "name": "Xác nhận tình trạng thử nghiệm"},
            "channel": "online",
            "channel_name": "trực tuyến",
            "receiving_unit": {"id": office.desk.pk, "name": "Bộ phận Một cửa xã Tam Đàn"},
            "agency": {"id": office.commune.pk, "code": "H47.31.01", "name": "UBND xã Tam Đàn"},
            "status": 1,
            "status_name": "Mới đăng ký",
            "money": "none",
            "money_name": "không phải nộp",
            "delivery": "none",
            "delivery_name": "chưa có kết quả",
            "filed_at": "2024-04-15T09:00:00+07:00",
            "check_due_at": "2024-04-16T09:30:00+07:00",
            "received_at": None,
            "promised_at": None,
            "due_at": None,
            "finished_at": None,
            "returned_at": None,
            "closed_reason": "",
            "revision": 1,
            "updated_at": first.json()["updated_at"],
            "open_steps": [],
        },
    )
    assert system.post("/dossiers", filing(), key=key).json() == first.json()
    code = first.json()["code"]
    received = system.post(f"/dossiers/{code}/receive", {"by": "thu.clerk"}).json()
    assert (received["status"], received["due_at"], [step["key"] for step in received["open_steps"]]) == (
        2,
        "2024-04-23T09:00:00+07:00",
        ["phan-cong"],
    )
    assert system.post(f"/dossiers/{code}/steps/phan-cong/finish", {"by": "thu.head"}).json()["status"] == 4
    draft = {"by": "thu.specialist", "name": "Giấy xác nhận", "body": "Xác nhận bà An cư trú tại xã."}
    assert system.post(f"/dossiers/{code}/draft-result", draft).status_code == 200
    assert system.post(f"/dossiers/{code}/steps/tham-dinh/finish", {"by": "thu.specialist", "note": "Đủ"}).status_code == 200
    assert [step["does"] for step in system.post(f"/dossiers/{code}/sign", {"by": "thu.leader"}).json()["open_steps"]] == ["stamp"]
    assert system.post(f"/dossiers/{code}/seal", {"by": "thu.records"}).json()["status"] == 9
    last = system.post(f"/dossiers/{code}/return", {"by": "thu.clerk"}).json()
    assert (last["status"], last["status_name"], last["delivery"], last["open_steps"]) == (10, "Đã trả kết quả", "handed", [])
    whole = system.get(f"/dossiers/{code}")
    record = whole.json()
    DossierRecord.model_validate(record)
    assert [step["key"] for step in record["steps"]] == ["nhan", "phan-cong", "tham-dinh", "ky", "dong-dau", "tra"]
    assert [line["text"] for line in record["timeline"] if line["public"]][-1] == "Đã trả kết quả (trực tiếp)."
    assert record["deadline"]["sentences"][-1] == "Vậy hạn trả kết quả là 09:00 thứ Ba 23/04/2024."
    result = record["results"][0]
    content = system.get(f"/dossiers/{code}/results/{result['id']}/content")
    assert b"".join(content.streaming_content)[:5] == b"%PDF-"
    assert content["Content-Disposition"].startswith("attachment;")


def test_whoever_reads_a_citizens_dossier_is_written_down_once_in_a_quarter_of_an_hour(system, office, version, monday):
    dossier = filed(office, version)
    for _ in range(3):
        assert system.get(f"/dossiers/{dossier.code}").status_code == 200
    [reading] = Reading.objects.all()
    assert (reading.citizen, reading.reader, reading.what, reading.purpose, reading.dossier_code) == (
        office.an,
        system.person,
        "Hồ sơ",
        "Liên thông qua API",
        dossier.code,
    )


def test_a_file_is_brought_first_and_named_by_its_own_system_only(system, stranger, office, version, monday):
    brought = pdf()
    uploaded = system.upload(brought).json()
    assert (uploaded["name"], uploaded["media_type"]) == ("don.pdf", "application/pdf")
    paper = {"component": "don", "file": uploaded["id"]}
    code = system.post("/dossiers", filing(papers=[paper])).json()["code"]
    [kept] = system.get(f"/dossiers/{code}").json()["papers"]
    assert (kept["name"], kept["file"]["name"], kept["file"]["sha256"]) == ("Đơn đề nghị", "don.pdf", uploaded["sha256"])
    content = system.get(kept["file"]["href"].removeprefix("/api/v1"))
    assert b"".join(content.streaming_content) == brought
    stolen = stranger.post("/dossiers", filing(agency="H47.31.02", papers=[paper]))
    assert (stolen.status_code, stolen.json()["code"], stolen.json()["field"]) == (422, "no-file", "papers.0.file")


ROADS = [
    ("get", "", None),
    ("get", "/papers/{paper}/content", None),
    ("get", "/results/{paper}/content", None),
    *(
        ("post", f"/{verb}", body)
        for verb, body in {
            "receive": {},
            "refuse": {"reason": "x"},
            "supplement-request": {"reason": "x", "items": [{"name": "x"}]},
            "supplement": {"note": "x"},
            "steps/phan-cong/assign": {"to": "thu.head"},
            "steps/phan-cong/finish": {},
            "steps/phan-cong/send-back": {"to": "nhan", "note": "x"},
            "draft-result": {"name": "x", "body": "x"},
            "sign": {},
            "seal": {},
            "fee": {"lines": [{"name": "x", "amount": 1}]},
            "cash": {},
            "return": {},
            "withdraw": {"reason": "x"},
            "stop": {"reason": "x"},
            "extend": {"reason": "x", "new_due_at": "2024-05-01T10:00:00+07:00"},
            "pause": {"reason": "x"},
            "resume": {},
            "opinions": {"agency": "H47.17", "question": "x"},
            "opinions/1/answer": {"agrees": True, "answer": "x"},
        }.items()
    ),
]


@pytest.mark.parametrize(("method", "road", "body"), ROADS, ids=[road or "record" for _, road, _ in ROADS])
def test_a_system_of_another_commune_finds_nothing(stranger, office, version, monday, method, road, body):
    dossier = filed(office, version)
    path = f"/dossiers/{dossier.code}{road.format(paper=dossier.papers.get().pk)}"
    answer = stranger.ask(method, path, {"by": "thu.chau", **body} if body is not None else None)
    missing = stranger.ask(
        method, path.replace(dossier.code, "H47.31.01-240415-9999"), {"by": "thu.chau", **body} if body is not None else None
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.json() | {"request": ""} == missing.json() | {"request": ""}
    assert stranger.get("/dossiers").json() == {"items": [], "next": None}
    before = (dossier.status, dossier.revision)
    dossier.refresh_from_db()
    assert (dossier.status, dossier.revision) == before


def test_every_road_is_walked_by_the_stranger():
    from tinhso.kernel.api import api, open_api

    open_api()
    walked = {(method, f"/api/v1/dossiers/{{code}}{road}".replace("steps/phan-cong", "steps/{step}")) for method, road, _ in ROADS}
    walked = {(method, path.replace("{paper}", "{paper_id}" if "papers" in path else "{result_id}")) for method, path in walked}
    walked = {(method, path.replace("opinions/1", "opinions/{opinion_id}")) for method, path in walked}
    paths = api.get_openapi_schema()["paths"]
    assert walked == {(method, path) for path, methods in paths.items() for method in methods if path.startswith("/api/v1/dossiers/{code}")}


def test_a_department_sees_a_dossier_that_comes_by_it(office, version, monday):
    from tinhso.dossiers.actions.reception import receive
    from tinhso.dossiers.testing import PARALLEL

    dossier = receive(filed(office, publish(code="1.000002", route=PARALLEL)), by=office.clerk, at=at("2024-04-15 10:00"))
    department = System("so", [office.department])
    assert department.get(f"/dossiers/{dossier.code}").status_code == 200
    done = department.post(f"/dossiers/{dossier.code}/steps/dat/finish", {"by": "thu.land"})
    assert [step["key"] for step in done.json()["open_steps"]] == ["nguoi"]


def test_an_official_of_another_agency_cannot_be_named(system, office, version, monday):
    dossier = filed(office, version)
    answer = system.post(f"/dossiers/{dossier.code}/receive", {"by": "thu.chau"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json() | {"request": ""} == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "unknown-official",
        "detail": "Không có cán bộ “thu.chau” ở cơ quan mà mã truy cập này phục vụ.",
        "field": "by",
        "request": "",
    }


def test_an_official_without_the_right_is_refused_as_on_the_page(system, office, version, monday):
    dossier = filed(office, version)
    answer = system.post(f"/dossiers/{dossier.code}/receive", {"by": "thu.leader"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-allowed")


def test_a_verb_of_the_wrong_moment_conflicts(system, office, version, monday):
    dossier = filed(office, version)
    answer = system.post(f"/dossiers/{dossier.code}/return", {"by": "thu.clerk"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-status")
    assert "Mới đăng ký" in answer.json()["detail"]


def test_a_key_used_twice_does_the_verb_once_and_another_errand_is_refused(system, office, version, monday):
    dossier, key = filed(office, version), uuid.uuid4()
    path = f"/dossiers/{dossier.code}/receive"
    answers = [system.post(path, {"by": "thu.clerk"}, key=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert OnceKey.objects.get().answer == [True]
    other = system.post(f"/dossiers/{dossier.code}/refuse", {"by": "thu.clerk", "reason": "x"}, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")


def test_money_is_asked_for_and_taken(system, office, version, monday):
    open_account()
    code = system.post("/dossiers", filing()).json()["code"]
    system.post(f"/dossiers/{code}/receive", {"by": "thu.clerk"})
    asked = system.post(f"/dossiers/{code}/fee", {"by": "thu.clerk", "lines": [{"name": "Lệ phí hộ tịch", "amount": 8000}]})
    assert (asked.status_code, asked.json()["status"], asked.json()["money"], asked.json()["due_at"]) == (200, 6, "due", None)
    record = system.get(f"/dossiers/{code}").json()
    DossierRecord.model_validate(record)
    [payment] = record["payments"]
    assert payment == {
        "ordinal": 1,
        "amount": 8000,
        "state": "due",
        "state_name": "chờ nộp",
        "purpose": payment["purpose"],
        "asked_at": "2024-04-15T09:00:00+07:00",
        "expires_at": payment["expires_at"],
        "paid_at": None,
        "pay_url": payment["pay_url"],
    }
    assert Client().get(payment["pay_url"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    paid = system.post(f"/dossiers/{code}/cash", {"by": "thu.clerk"}).json()
    assert (paid["status"], paid["money"], paid["due_at"]) == (4, "paid", "2024-04-23T09:00:00+07:00")


def test_a_key_of_another_filing_shows_nothing_of_it(system, office, version, monday):
    key = uuid.uuid4()
    code = system.post("/dossiers", filing(), key=key).json()["code"]
    both = System("hai-noi", [office.commune, office.neighbour])
    other = both.post("/dossiers", filing(agency="H47.31.02"), key=key)
    assert (other.status_code, other.json()["code"], code in other.content.decode()) == (409, "key-reused", False)
    assert Dossier.objects.count() == 1


def test_what_is_missing_is_said_at_every_field(system, office, version, monday):
    answer = system.post("/dossiers", filing(answers={}, papers=[]))
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"]) == (
        422,
        "incomplete",
        [
            {"field": "muc-dich", "detail": "Xin điền “Mục đích”."},
            {"field": "papers", "detail": "Còn thiếu giấy tờ: Đơn đề nghị."},
        ],
    )
    shape = system.post("/dossiers", {"procedure": "1.000001"}).json()
    assert (shape["code"], [error["field"] for error in shape["errors"]]) == ("invalid", ["agency", "owner"])
    unknown = system.post("/dossiers", filing(agency="H47.99")).json()
    assert (unknown["status"], unknown["code"], unknown["field"]) == (422, "no-agency", "agency")
    foreign = system.post("/dossiers", filing(agency="H47.31.02")).json()
    assert (foreign["status"], foreign["code"], foreign["field"]) == (422, "no-agency", "agency")
    number = system.post("/dossiers", filing(owner={"number": "123", "name": "An"})).json()
    assert (number["status"], number["field"]) == (422, "owner.number")
    assert Dossier.objects.count() == 0


def test_a_counter_filing_names_its_clerk(system, office, version, monday):
    assert system.post("/dossiers", filing(channel="counter")).json()["field"] == "by"
    answer = system.post("/dossiers", filing(channel="counter", by="thu.clerk", papers=[]))
    assert (answer.status_code, answer.json()["channel_name"]) == (201, "trực tiếp")


def test_the_system_that_filed_speaks_for_the_owner_and_no_other_does(system, office, version, monday):
    code = system.post("/dossiers", filing()).json()["code"]
    asked = {"by": "thu.clerk", "reason": "Giấy tờ hết hạn", "items": [{"component": "phu", "name": "Giấy tờ kèm theo"}]}
    assert system.post(f"/dossiers/{code}/supplement-request", asked).json()["status"] == 5
    other = System("khac", [office.commune])
    refused = other.post(f"/dossiers/{code}/supplement", {"note": "x"}).json()
    assert (refused["status"], refused["field"]) == (422, "by")
    given = {"papers": [{"component": "phu", "form": "copy"}]}
    assert system.post(f"/dossiers/{code}/supplement", given).json()["status"] == 1
    assert system.post(f"/dossiers/{code}/withdraw", {"reason": "Nộp nhầm"}).json()["status"] == 7
    # The trail says whom the system spoke for, and that it was the system that said so.
    assert [(event.actor_id, event.through) for event in timeline(Dossier.objects.get())] == [
        (actor.pk, "Hệ thống mot-cua") for actor in (system.person, office.clerk, office.an, office.an)
    ]
    assert {line["through"] for line in system.get(f"/dossiers/{code}").json()["timeline"]} == {"Hệ thống mot-cua"}


def test_procedures_are_found_without_diacritics_and_listed_page_by_page(system, office, version):
    publish(code="1.000002", name="Đăng ký khai sinh", route=[])
    first = system.get("/procedures", limit=1).json()
    assert first["items"] == [
        {
            "code": "1.000001",
            "name": "Xác nhận tình trạng thử nghiệm",
            "field": "Hộ tịch",
            "levels": ["commune"],
            "service": "full",
            "fileable": True,
            "version": 1,
            "valid_from": "2020-01-01",
        }
    ]
    rest = system.get("/procedures", limit=1, cursor=first["next"]).json()
    assert ([row["code"] for row in rest["items"]], rest["next"]) == (["1.000002"], None)
    assert [row["code"] for row in system.get("/procedures", search="dang ki khai sinh").json()["items"]][:1] == ["1.000002"]
    assert system.get("/procedures", search="khai sinh", fileable=True).json()["items"] == []
    record = system.get("/procedures/1.000001").json()
    assert record["definition"]["route"][0] == {**record["definition"]["route"][0], "key": "nhan", "role": "clerk"}
    assert system.get("/procedures/9.999999").status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b'{"by": "\\u0000"}', b'{"by": "\\ud800"}', b"\xff", b"[1]"])
def test_what_cannot_be_read_is_refused(system, office, version, monday, body):
    dossier = filed(office, version)
    headers = {"Authorization": f"Bearer {system.key}"}
    answer = Client().post(f"/api/v1/dossiers/{dossier.code}/receive", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (422 if body in (b"", b"[1]") else 400, "application/problem+json")


def test_without_a_valid_token_nobody_gets_in(office, version, system):
    for headers in ({}, {"Authorization": "Bearer ts_gone"}, {"Authorization": "Basic x"}):
        answer = Client().get("/api/v1/dossiers", headers=headers)
        assert (answer.status_code, answer.json()["code"], answer["WWW-Authenticate"]) == (401, "no-token", 'Bearer realm="api"')
    assert system.get("/dossiers").status_code == 200
    system.token.revoked_at = at("2024-04-15 09:00")
    system.token.save()
    forget()
    assert system.get("/dossiers").status_code == 401


def test_a_scope_that_was_not_given_is_named(office, version):
    reader = System("chi-doc", [office.commune], scopes=["dossiers:read"])
    answer = reader.post(f"/dossiers/{filed(office, version).code}/receive", {"by": "thu.clerk"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert answer.json()["detail"] == "Mã truy cập này không có phạm vi “dossiers:write” (nộp và xử lý hồ sơ)."


def test_pages_hold_every_dossier_once_and_no_personal_data(system, office, version, monday):
    codes = [filed(office, version).code for _ in range(5)]
    page, seen = system.get("/dossiers", limit=2), []
    assert "Bình An" not in page.content.decode()
    while True:
        DossierPage.model_validate(page.json())
        seen += [row["code"] for row in page.json()["items"]]
        if page.json()["next"] is None:
            break
        page = system.get("/dossiers", limit=2, cursor=page.json()["next"])
    assert seen == codes[::-1]
    assert system.get("/dossiers", cursor="x").json()["code"] == "bad-cursor"


def test_lists_are_narrowed_by_agency_status_lateness_and_change(system, office, version, monday):
    from tinhso.dossiers.actions.reception import receive

    late, fresh = filed(office, version), filed(office, version)
    receive(late, by=office.clerk, at=at("2024-04-15 09:00"))
    monday.move_to(at("2024-05-15 09:00"))

    def codes(**query):
        return [row["code"] for row in system.get("/dossiers", **query).json()["items"]]

    assert codes(status=1) == [fresh.code]
    assert codes(status=[1, 2]) == [fresh.code, late.code]
    assert codes(overdue=True) == [late.code]
    assert codes(sort="due") == [late.code]
    assert codes(agency="H47.31.01") == [fresh.code, late.code]
    assert codes(side="receiving", status=2) == [late.code]
    assert system.get("/dossiers", agency="H47.31.02").status_code == 404
    assert codes(updated_since="2024-05-15T09:00:00+07:00") == [fresh.code]  # filed by the database's clock, long after
    assert system.get("/dossiers", updated_since="2024-05-15T09:00:00").json()["field"] == "updated_since"


def test_reading_takes_few_statements(system, office, version, monday, django_assert_num_queries):
    code = filed(office, version).code
    system.get(f"/dossiers/{code}")
    with django_assert_num_queries(2):  # the dossier; whether the reading was noted a moment ago
        system.get(f"/dossiers/{code}")
    with django_assert_num_queries(1):
        system.get("/dossiers")
    Standing.model_validate(system.post(f"/dossiers/{code}/receive", {"by": "thu.clerk"}).json())
