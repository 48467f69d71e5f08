"""The cataloguers' pages: who may open them, and what they do."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.testing import sign_in
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.procedures.actions import add_procedure, import_file, publish, publish_draft, save_draft, start_draft
from tinhso.procedures.editing import as_texts, from_texts
from tinhso.procedures.models import ImportRun, Procedure, ProcedureVersion
from tinhso.procedures.queries import current_version
from tinhso.procedures.tests.examples import BIRTH, example
from tinhso.procedures.tests.test_imports import LINE, lines

pytestmark = pytest.mark.django_db
SINCE, NOW = date(2020, 1, 1), datetime(2024, 4, 1, 2, tzinfo=UTC)
TODAY = localdate()


def addresses() -> dict[str, list[str]]:
    run = ImportRun.objects.first() or import_file(lines(LINE), file_name="a.jsonl", valid_from=SINCE, at=NOW)
    one = [BIRTH.code, 2]
    return {
        "read": [
            reverse("catalogue"),
            reverse("add-procedure"),
            reverse("catalogue-imports"),
            reverse("catalogue-import", args=[run.pk]),
            reverse("catalogue-procedure", args=[BIRTH.code]),
            reverse("catalogue-version", args=[BIRTH.code, 1]),
            reverse("edit-draft", args=one),
        ],
        "write": [reverse("start-draft", args=[BIRTH.code]), reverse("publish-draft", args=one), reverse("discard-draft", args=one)],
    }


@pytest.mark.parametrize("who", ["supervisor", "chau", "citizen"])
def test_others_find_nothing(who, people, client, birth):
    start_draft(birth.procedure, by=people["cataloguer"], at=NOW)
    sign_in(client, people[who])
    pages = addresses()

    assert {client.get(address).status_code for address in pages["read"]} == {404}
    assert {client.post(address).status_code for address in pages["write"]} == {404}
    assert ProcedureVersion.objects.get(procedure=birth.procedure, number=2).state == "draft"


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(reverse("catalogue")).status_code == 302


def test_cataloguers_open_every_page(cataloguer, client, birth):
    start_draft(birth.procedure, by=cataloguer, at=NOW)

    assert {client.get(address).status_code for address in addresses()["read"]} == {200}


def test_what_is_not_there_is_not_found(cataloguer, client, birth):
    for address in (
        reverse("catalogue-procedure", args=["9.999999"]),
        reverse("catalogue-version", args=[BIRTH.code, 9]),
        reverse("edit-draft", args=[BIRTH.code, 1]),
        reverse("catalogue-import", args=[0]),
    ):
        assert client.get(address).status_code == 404


def test_the_list_narrows_by_word_field_level_and_state(cataloguer, client, birth):
    publish(example("9.000002", name="Cấp thẻ", field="Thử", levels=["province"], route=[]), valid_from=SINCE, source="tinhso", at=NOW)
    add_procedure("9.000003", name="Mới", field="Thử", level="province", by=cataloguer, at=NOW)

    def listed(**choice):
        page = client.get(reverse("catalogue"), {key.replace("_", "-"): value for key, value in choice.items()}).context["page"]
        return [version.procedure.code for version in page]

    assert listed() == ["9.000001", "9.000002", "9.000003"]
    assert listed(q="khai sihn") == ["9.000001"]
    assert listed(q="9.000003") == ["9.000003"]
    assert listed(linh_vuc="Thử") == ["9.000002", "9.000003"]
    assert listed(cap="commune") == ["9.000001"]
    assert listed(trang_thai="nop-duoc") == ["9.000001"]
    assert listed(trang_thai="nhap") == ["9.000003"]
    assert listed(muc_do="full", trang_thai="chi-xem") == ["9.000002"]


def test_a_version_is_drafted_changed_and_published_from_a_day(cataloguer, client, birth):
    page = client.post(reverse("start-draft", args=[BIRTH.code]))
    edit = reverse("edit-draft", args=[BIRTH.code, 2])
    assert page.url == edit
    texts = as_texts(BIRTH)
    data = {
        **{part: text for part, text in texts.items() if text},
        **{part: texts[part].splitlines() for part in ("levels", "subjects", "life_events")},
        "terms_online": "2 ngày làm việc\n+ Lệ phí thử | 5000 | online=50",
        "satisfaction_after": "on",
    }
    del data["same_day"]

    saved = client.post(edit, data)
    assert saved.status_code == 302, saved.context["form"].errors
    shown = client.get(saved.url)
    assert [(change.label, change.removed, change.added) for change in shown.context["changes"]] == [
        ("Nộp trực tuyến", ["1 ngày làm việc"], ["2 ngày làm việc", "+ Lệ phí thử | 5000 | online=50"])
    ]

    day = TODAY + timedelta(days=30)
    client.post(reverse("publish-draft", args=[BIRTH.code, 2]), {"valid_from": day.strftime("%d/%m/%Y")})

    assert current_version(BIRTH.code, TODAY).definition == BIRTH
    assert current_version(BIRTH.code, day).definition.fee_total("online") == 2500
    assert list(birth.procedure.versions.order_by("number").values_list("number", "state", "valid_from", "valid_to")) == [
        (1, "published", SINCE, day),
        (2, "published", day, None),
    ]


def test_a_draft_that_cannot_be_read_says_where(cataloguer, client, birth):
    start_draft(birth.procedure, by=cataloguer, at=NOW)
    edit = reverse("edit-draft", args=[BIRTH.code, 2])

    answer = client.post(
        edit,
        {"name": "Khai sinh", "field": "Hộ tịch", "levels": ["commune"], "service": "full", "convention": "clock", "terms_online": "mai"},
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["terms_online"]
    assert ProcedureVersion.objects.get(procedure=birth.procedure, number=2).name == BIRTH.name


def test_a_draft_with_faults_is_not_published(cataloguer, client, birth):
    draft = start_draft(birth.procedure, by=cataloguer, at=NOW)
    save_draft(draft, from_texts(BIRTH.code, as_texts(BIRTH) | {"terms_online": ""}), by=cataloguer, at=NOW)

    answer = client.post(reverse("publish-draft", args=[BIRTH.code, 2]), {"valid_from": TODAY.isoformat()})

    assert answer.status_code == 422
    assert answer.context["faults"] == ["là dịch vụ công trực tuyến nhưng không có hình thức nộp trực tuyến"]
    assert birth.procedure.versions.get(number=2).state == "draft"


@pytest.mark.parametrize("day", ["", "hôm qua", (TODAY - timedelta(days=1)).isoformat()])
def test_a_version_begins_today_or_later(day, cataloguer, client, birth):
    draft = start_draft(birth.procedure, by=cataloguer, at=NOW)
    save_draft(draft, BIRTH.model_copy(update={"name": "Khai sinh"}), by=cataloguer, at=NOW)

    answer = client.post(reverse("publish-draft", args=[BIRTH.code, 2]), {"valid_from": day})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["valid_from"])
    assert birth.procedure.versions.get(number=2).state == "draft"


def test_a_draft_begun_twice_is_one_and_published_twice_is_published_once(cataloguer, client, birth):
    first = start_draft(birth.procedure, by=cataloguer, at=NOW)
    assert start_draft(birth.procedure, by=cataloguer, at=NOW) == first
    save_draft(first, BIRTH.model_copy(update={"name": "Khai sinh"}), by=cataloguer, at=NOW)
    publish_draft(first, valid_from=TODAY, by=cataloguer, at=NOW)

    with pytest.raises(Refused, match="đã công khai, không sửa được"):
        publish_draft(first, valid_from=TODAY, by=cataloguer, at=NOW)
    with pytest.raises(Refused, match="đã công khai, không sửa được"):
        save_draft(first, BIRTH, by=cataloguer, at=NOW)


def test_a_draft_like_the_version_in_force_is_not_published(cataloguer, birth):
    draft = start_draft(birth.procedure, by=cataloguer, at=NOW)

    with pytest.raises(Refused, match="giống hệt phiên bản 1"):
        publish_draft(draft, valid_from=TODAY, by=cataloguer, at=NOW)


def test_an_imported_text_is_published_with_the_present_parts_of_the_province(cataloguer, birth):
    import_file(lines(LINE | {"ma_thu_tuc": BIRTH.code, "ten_thu_tuc": "Khai sinh mẫu mới"}), file_name="a", valid_from=SINCE, at=NOW)
    publish(BIRTH.model_copy(update={"keywords": ["làm giấy khai sinh"]}), valid_from=SINCE, source="tinhso", at=NOW)

    published = publish_draft(birth.procedure.versions.get(number=2), valid_from=TODAY, by=cataloguer, at=NOW)

    assert (published.number, published.name, published.keywords) == (4, "Khai sinh mẫu mới", ["làm giấy khai sinh"])
    assert current_version(BIRTH.code, TODAY).definition.route == BIRTH.route


def test_a_draft_is_thrown_away(cataloguer, client, birth):
    start_draft(birth.procedure, by=cataloguer, at=NOW)

    client.post(reverse("discard-draft", args=[BIRTH.code, 2]))

    assert list(birth.procedure.versions.values_list("number", flat=True)) == [1]
    assert client.post(reverse("discard-draft", args=[BIRTH.code, 1])).status_code == 302
    assert birth.procedure.versions.count() == 1


def test_a_new_procedure_begins_as_a_draft(cataloguer, client, birth):
    data = {"code": "9.000044", "name": "Thủ tục mới", "field": "Thử", "level": "district"}

    assert client.post(reverse("add-procedure"), data).url == reverse("edit-draft", args=["9.000044", 1])
    assert current_version("9.000044", TODAY) is None
    again = client.post(reverse("add-procedure"), data)
    wrong = client.post(reverse("add-procedure"), data | {"code": "khai sinh"})
    assert [list(answer.context["form"].errors) for answer in (again, wrong)] == [["code"], ["code"]]
    assert client.get(reverse("catalogue-procedure", args=["9.000044"])).status_code == 200
    assert client.post(reverse("start-draft", args=["9.000044"])).url == reverse("edit-draft", args=["9.000044", 1])


def test_actions_ask_who_acts(people, birth):
    for act in (
        lambda by: start_draft(birth.procedure, by=by, at=NOW),
        lambda by: add_procedure("9.000055", name="A", field="B", level="commune", by=by, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            act(people["supervisor"])
    assert Procedure.objects.count() == 1


def test_a_file_is_imported_and_reported(cataloguer, client):
    record = LINE | {"_papers": []}
    file = SimpleUploadedFile("danh-muc.jsonl", lines(record, "{hỏng"), content_type="application/json")

    page = client.post(reverse("catalogue-imports"), {"file": file, "valid_from": TODAY.strftime("%d/%m/%Y")})

    run = ImportRun.objects.get()
    assert (page.url, run.by, run.valid_from) == (reverse("catalogue-import", args=[run.pk]), cataloguer, TODAY)
    report = client.get(page.url, {"muc": "rejected"})
    assert [row["finding"].message for row in report.context["rows"]] == ["bản ghi không theo khuôn dạng LayThuTuc hay danh mục JSON"]
    assert [row["finding"].kind for row in client.get(page.url, {"loai": "papers"}).context["rows"]] == ["papers"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tệp không có bản ghi thủ tục nào"),
        (b"PK\x03\x04", "tệp không có bản ghi"),
        (json.dumps({"a": 1}).encode(), "tệp không có bản ghi"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_at_the_field(content, said, cataloguer, client):
    file = SimpleUploadedFile("x.json", content)

    page = client.post(reverse("catalogue-imports"), {"file": file, "valid_from": TODAY.isoformat()})

    assert (page.status_code, ImportRun.objects.count()) == (422, 0)
    assert said in page.content.decode()
