"""A citizen signs in through the e-ID, over real HTTP; what does not prove itself is not believed."""

from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.timezone import now, timedelta

from connectors.eid import views
from connectors.eid.simulator import FAULTS
from connectors.eid.tests.conftest import free_port, running
from tinhso.directory.access import is_sure_enough_to_file
from tinhso.directory.actions import citizen_for
from tinhso.directory.models import Person
from tinhso.kernel.models import Event

pytestmark = pytest.mark.django_db
AN = {"citizen": "0"}


def asked(client, to="/ho-so/"):
    """Press "sign in" at the site and return what the e-ID is asked."""
    return dict(parse_qsl(urlsplit(client.get("/tai-khoan/dinh-danh/", {"next": to}).headers["Location"]).query))


def decide(simulator, request, **choice):
    """Choose a citizen at the e-ID and return the address that it sends the browser to."""
    return httpx2.post(f"{simulator}/authorize", data=request | {"level": "2"} | choice).headers.get("Location", "")


def come_back(client, address):
    return client.get(address.removeprefix(django_settings.SITE_URL))


def sign_in(client, simulator, **choice):
    return come_back(client, decide(simulator, asked(client), **choice))


def said(answer):
    """Return the last sentence that the sign-in page will show, in a list."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1:]


def who(client):
    return Person.objects.filter(pk=client.session.get("_auth_user_id")).first()


def test_a_citizen_comes_back_signed_in_at_the_page_asked_for(client, eid):
    answer = sign_in(client, eid, **AN)
    assert answer.headers["Location"] == "/ho-so/"
    person = who(client)
    assert (person.full_name, person.personal_number, person.assurance, person.phone, person.kind) == (
        "Nguyễn Thị Bình An",
        "049190012345",
        2,
        "0905123456",
        "citizen",
    )
    assert [event.announcement.says() for event in Event.objects.filter(subject_id=person.pk)] == ["Định danh điện tử xác thực mức 2."]


def test_the_same_number_is_the_same_person_whoever_met_them_first(client, eid):
    known = citizen_for("049190012345", full_name="NGUYEN THI BINH AN", phone="0935000111")
    sign_in(client, eid, **AN)
    person = who(client)
    assert (person.pk, person.full_name, person.phone) == (known.pk, "Nguyễn Thị Bình An", "0935000111")
    other = Client()
    sign_in(other, eid, **AN)
    assert who(other) == person
    assert Person.objects.count() == 1


def test_anyone_with_a_valid_number_may_be_played(client, eid):
    sign_in(client, eid, citizen="other", number="049 085 111 222", name="Lê Văn Bảy")
    assert (who(client).full_name, who(client).personal_number) == ("Lê Văn Bảy", "049085111222")


def test_a_wrong_number_is_said_on_the_page_of_the_e_id(client, eid):
    page = httpx2.post(f"{eid}/authorize", data=asked(client) | {"citizen": "other", "number": "123", "name": "Lê Bảy", "level": "2"})
    assert "Số định danh cá nhân gồm 12 chữ số, số vừa nhập có 3 chữ số." in page.text


def test_level_one_reads_and_level_two_files(client, eid):
    sign_in(client, eid, level="1", **AN)
    assert is_sure_enough_to_file(who(client)) is False
    sign_in(client, eid, **AN)
    assert is_sure_enough_to_file(who(client)) is True


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault and fault != "claims"])
def test_an_answer_that_proves_nothing_is_not_believed(client, eid, fault):
    answer = sign_in(client, eid, fault=fault, **AN)
    assert (answer.headers["Location"], said(answer), who(client)) == ("/tai-khoan/dang-nhap/?next=/ho-so/", [views.UNTRUSTED], None)
    assert Person.objects.count() == 0


def test_an_answer_without_a_number_is_refused_with_a_sentence(client, eid):
    assert said(sign_in(client, eid, fault="claims", **AN)) == [
        "Cổng định danh chưa gửi đủ thông tin về bạn nên chưa đăng nhập được. Xin thử lại hoặc báo bộ phận hỗ trợ."
    ]


def test_an_answer_opens_once(client, eid):
    address = decide(eid, asked(client), **AN)
    assert come_back(client, address).headers["Location"] == "/ho-so/"
    assert said(come_back(client, address)) == [views.STALE]


def test_a_code_stolen_by_another_browser_opens_nothing(client, eid):
    thief = Client()
    mine = dict(parse_qsl(urlsplit(decide(eid, asked(client), **AN)).query))
    theirs = asked(thief)
    answer = thief.get("/tai-khoan/dinh-danh/ve/", mine)
    assert (said(answer), who(thief)) == ([views.STALE], None)
    # With a state of their own the code still does not fit their verifier.
    answer = thief.get("/tai-khoan/dinh-danh/ve/", mine | {"state": theirs["state"]})
    assert (said(answer), who(thief)) == ([views.UNTRUSTED], None)


def test_an_answer_that_comes_too_late_is_stale(client, eid):
    address = decide(eid, asked(client), **AN)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert said(come_back(client, address)) == [views.STALE]


def test_an_answer_of_another_issuer_is_not_believed(client, eid):
    address = decide(eid, asked(client), **AN).replace(f"iss=http%3A%2F%2F127.0.0.1%3A{eid.rsplit(':', 1)[1]}", "iss=https%3A%2F%2Fkhac")
    assert said(come_back(client, address)) == [views.UNTRUSTED]


def test_whoever_changes_their_mind_is_told_so(client, eid):
    assert said(sign_in(client, eid, citizen="cancel")) == [views.CANCELLED]


def test_the_e_id_is_down_before_and_during(client, eid, monkeypatch):
    address = decide(eid, asked(client), **AN)
    monkeypatch.setattr(django_settings.ENV, "eid_issuer", f"http://127.0.0.1:{free_port()}")
    answer = client.get("/tai-khoan/dinh-danh/", {"next": "/ho-so/"})
    assert (answer.headers["Location"], said(answer)) == ("/tai-khoan/dang-nhap/?next=/ho-so/", [views.UNREACHABLE])
    answer = come_back(client, address.split("&iss=")[0] + "&" + address.split("&")[-1])
    assert said(answer) == [views.UNREACHABLE]


def test_a_key_that_came_into_use_a_moment_ago_is_fetched(client, eid, monkeypatch):
    port = free_port()
    for _ in range(2):
        # Started again on the same address, the service signs with another key.
        with running(port) as url:
            monkeypatch.setattr(django_settings.ENV, "eid_issuer", url)
            assert sign_in(client, url, **AN).headers["Location"] == "/ho-so/"


def test_a_site_without_e_id_says_so(client, db):
    assert said(client.get("/tai-khoan/dinh-danh/")) == [views.NOT_CONNECTED]


def test_nobody_is_led_to_another_site(client, eid):
    address = decide(eid, asked(client, to="https://example.org/"), **AN)
    assert come_back(client, address).headers["Location"] == "/"


def test_a_subject_of_another_number_is_refused(client, eid):
    sign_in(client, eid, **AN)
    Person.objects.filter(pk=who(client).pk).update(personal_number_index="khac")
    assert said(sign_in(Client(), eid, **AN)) == [
        "Tài khoản định danh này đã gắn với một số định danh khác. Xin liên hệ bộ phận hỗ trợ để được kiểm tra."
    ]
