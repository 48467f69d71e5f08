"""The front door through the Django client: who finds what."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from tinhso.directory.models import Reading
from tinhso.directory.testing import sign_in
from tinhso.dossiers.models import Dossier, Status
from tinhso.dossiers.testing import build_office, filed, publish
from tinhso.procedures.life_events import LIFE_EVENTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return build_office()


def test_home_asks_one_question_and_offers_twelve_events(client):
    page = client.get("/")
    assert (page.status_code, page.context["events"], page.context["mine"]) == (200, LIFE_EVENTS, None)
    assert len(LIFE_EVENTS) == 12
    for event in LIFE_EVENTS:
        assert f'href="/su-kien/{event.key}/"' in page.content.decode()


def test_home_shows_first_what_waits_for_the_citizen(client, office):
    running, waiting, foreign = (filed(office, publish(code=f"1.00000{n}")) for n in (1, 2, 3))
    Dossier.objects.filter(pk=waiting.pk).update(status=Status.SUPPLEMENT)
    Dossier.objects.filter(pk=foreign.pk).update(applicant=office.binh)
    sign_in(client, office.an)
    mine = client.get("/").context["mine"]
    assert (mine.waiting, mine.running, mine.finished, mine.drafts) == ([waiting], [running], [], [])


def test_an_official_finds_nobodys_dossiers_at_the_front_door(client, office):
    filed(office, publish())
    sign_in(client, office.chau)
    assert client.get("/").context["mine"] is None


def test_search_finds_without_diacritics_and_by_event_of_life(client):
    version = publish(name="Đăng ký khai sinh")
    publish(code="1.000002", name="Cấp giấy phép xây dựng")
    page = client.get("/tim/", {"q": "khai sinh"})
    assert (page.context["found"].versions[0], page.context["q"]) == (version, "khai sinh")
    assert client.get("/tim/", {"q": "dang ky khai sinh"}).context["found"].versions[0] == version
    assert [event.key for event in client.get("/tim/", {"q": "mới sinh em bé"}).context["found"].events] == ["sinh-con"]


def test_search_that_finds_nothing_says_what_to_try(client):
    page = client.get("/tim/", {"q": "zzzz qqqq"})
    assert (page.status_code, page.context["found"].versions) == (200, [])
    assert "Chưa thấy thủ tục nào" in page.content.decode()


def test_answers_while_typing_are_a_fragment(client):
    publish(name="Đăng ký khai sinh")
    page = client.get("/tim/goi-y/", {"q": "khai"}).content.decode()
    assert "<html" not in page
    assert 'href="/thu-tuc/1.000001/"' in page
    assert client.get("/tim/goi-y/", {"q": "k"}).content.strip() == b""


def test_what_is_typed_is_never_markup(client):
    evil = '"><script>alert(1)</script>'
    for address in ("/tim/", "/tim/goi-y/", "/thu-tuc/"):
        page = client.get(address, {"q": evil, "linh-vuc": evil, "cap": evil}).content.decode()
        assert "<script>alert" not in page


def test_an_event_of_life_lists_its_procedures(client):
    version = publish(life_events=["sinh-con"])
    publish(code="1.000002", life_events=["di-hoc"])
    assert client.get("/su-kien/sinh-con/").context["versions"] == [version]
    assert client.get("/su-kien/khong-co/").status_code == 404


def test_the_catalogue_is_narrowed_by_field_level_and_way(client):
    commune = publish()
    province = publish(code="1.000002", field="Đất đai", levels=["province"], service="information", route=[])

    def listed(**query):
        return list(client.get("/thu-tuc/", query).context["page"].object_list)

    assert set(listed()) == {commune, province}
    assert listed(**{"linh-vuc": "Đất đai"}) == [province]
    assert listed(cap="commune") == [commune]
    assert listed(**{"muc-do": "information"}) == [province]
    assert listed(**{"nop-duoc": "1"}) == [commune]
    assert set(listed(cap="nowhere")) == {commune, province}


def test_a_procedure_says_what_the_state_already_has(client):
    papers = [
        {"key": "to-khai", "name": "Tờ khai", "originals": 1},
        {"key": "ket-hon", "name": "Giấy chứng nhận kết hôn", "originals": 1, "register": "ho-tich"},
    ]
    publish(cases=[{"papers": papers}])
    page = client.get("/thu-tuc/1.000001/")
    (case,) = page.context["cases"]
    assert [(row["paper"].name, row["count"], row["has"]) for row in case["papers"]] == [
        ("Tờ khai", "1 bản chính", ""),
        ("Giấy chứng nhận kết hôn", "1 bản chính", "cơ sở dữ liệu hộ tịch"),
    ]


def test_old_versions_stay_readable_and_say_that_they_are_old(client):
    first = publish()
    first.valid_to = localdate()
    first.save()
    second = publish(name="Xác nhận kiểu mới")
    second.valid_from = localdate()
    second.save()
    today, before = client.get("/thu-tuc/1.000001/"), client.get("/thu-tuc/1.000001/?phien-ban=1")
    assert (today.context["version"], today.context["current"]) == (second, True)
    assert (before.context["version"], before.context["current"]) == (first, False)
    assert "Đây không phải bản đang có hiệu lực" in before.content.decode()


@pytest.mark.parametrize(
    "address", ["/thu-tuc/9.999999/", "/thu-tuc/1.000001/?phien-ban=7", "/thu-tuc/x/", "/thu-tuc/1.000001/?phien-ban=٣"]
)
def test_unknown_procedures_and_versions_are_not_found(client, address):
    publish()
    assert client.get(address).status_code == 404


def test_a_citizen_sees_who_read_their_data_and_nobody_elses(client, office):
    moment = now()
    mine = Reading.objects.create(
        citizen=office.an, reader=office.clerk, agency=office.commune, what="hồ sơ", purpose="tiếp nhận", at=moment
    )
    older = Reading.objects.create(citizen=office.an, reader=office.leader, what="giấy tờ", purpose="ký", at=moment - timedelta(days=1))
    Reading.objects.create(citizen=office.binh, reader=office.clerk, what="hồ sơ", purpose="tiếp nhận", at=moment)
    sign_in(client, office.an)
    assert set(client.get("/tai-khoan-cua-toi/luot-xem/").context["readings"]) == {mine, older}


@pytest.mark.parametrize("address", ["/tai-khoan-cua-toi/", "/tai-khoan-cua-toi/luot-xem/"])
def test_pages_about_oneself_ask_to_sign_in_first(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/tai-khoan/dang-nhap/?next={address}")


def test_a_personal_number_is_masked_on_ones_own_page(client, office):
    sign_in(client, office.an)
    page = client.get("/tai-khoan-cua-toi/").content.decode()
    assert "049190012345" not in page
    assert "*********345" in page
