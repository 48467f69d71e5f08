"""Officials sign in with a password and a second factor; wrong attempts wait; a session that ended leads back."""

from datetime import date, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path, reverse
from django.utils.timezone import now

from tinhso.directory.actions import end_sessions, reset_second_factor
from tinhso.directory.doors import citizen_page, officer_page, return_address
from tinhso.directory.models import FailedSignIn, Person, Post, Role, Unit
from tinhso.directory.second_factor import current_code, seal_secret
from tinhso.directory.testing import sign_in
from tinhso.kernel.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "sông-Thu-Bồn-1471"


@officer_page
def desk(request):
    return HttpResponse(f"việc của {request.person}")


@citizen_page
def mine(request):
    return HttpResponse(f"hồ sơ của {request.person}")


urlpatterns = [path("", include("config.urls")), path("thu/viec/", desk, name="try-desk"), path("thu/cua-toi/", mine, name="try-mine")]


@pytest.fixture
def hoa(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ROOT_URLCONF = __name__
    person = Person(kind=Person.Kind.OFFICIAL, username="hoa", full_name="Lê Thị Hòa")
    person.set_password(PASSWORD)
    person.save()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": seal_secret(SECRET)})
    return person


def enter_password(client, password=PASSWORD, name="hoa", to="/thu/viec/"):
    return client.post(reverse("account_login"), {"login": name, "password": password, "next": to})


def enter_code(client, code=None):
    return client.post(reverse("mfa_authenticate"), {"code": code or current_code(SECRET)})


def errors_of(answer):
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


def test_a_password_and_a_code_lead_to_the_page_asked_for(client, hoa):
    assert client.get("/thu/viec/").headers["Location"] == f"{reverse('account_login')}?next=/thu/viec/"
    assert enter_password(client).headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/thu/viec/").status_code == 302
    assert enter_code(client).headers["Location"] == "/thu/viec/"
    assert client.get("/thu/viec/").content.decode() == "việc của Lê Thị Hòa"


def test_an_official_starts_at_the_desk_and_never_on_another_site(client, hoa):
    enter_password(client, to="https://example.org/")
    assert enter_code(client).headers["Location"] == "/nghiep-vu/"


def test_a_code_opens_once(client, hoa):
    with time_machine.travel(now(), tick=False):
        code = current_code(SECRET)
        enter_password(client)
        enter_code(client, code)
        other = Client()
        enter_password(other)
        assert errors_of(enter_code(other, code)) == ["Mã không đúng hoặc đã dùng. Xin chờ mã mới trên ứng dụng rồi nhập lại."]
    assert other.get("/thu/viec/").status_code == 302


def test_an_older_code_is_spent_with_the_newer_one(client, hoa):
    with time_machine.travel(now(), tick=False) as clock:
        older = current_code(SECRET)
        clock.shift(30)
        enter_password(client)
        enter_code(client)
        other = Client()
        enter_password(other)
        assert enter_code(other, older).status_code == 200
    assert other.get("/thu/viec/").status_code == 302


def test_a_recovery_code_opens_once(client, hoa):
    codes = Authenticator.objects.create(user=hoa, type="recovery_codes", data={"seed": seal_secret("seed"), "used_mask": 0})
    code = codes.wrap().generate_codes()[0]
    enter_password(client)
    assert enter_code(client, code).headers["Location"] == "/thu/viec/"
    other = Client()
    enter_password(other)
    assert enter_code(other, code).status_code == 200


def test_ten_wrong_passwords_make_even_the_right_one_wait(client, hoa):
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(10):
            assert errors_of(enter_password(client, "đoán")) == ["Tên đăng nhập hoặc mật khẩu không đúng."]
        assert errors_of(enter_password(client)) == ["Tài khoản này vừa đăng nhập sai nhiều lần. Xin chờ 1 phút rồi thử lại."]
        clock.shift(timedelta(seconds=61))
        assert enter_password(client).status_code == 302
        enter_code(client)
    assert FailedSignIn.objects.count() == 0


def test_wrong_codes_count_for_the_same_lock(client, hoa):
    with time_machine.travel(now(), tick=False):
        enter_password(client)
        for _ in range(10):
            enter_code(client, "000000")
        assert errors_of(enter_code(client)) == ["Tài khoản này vừa đăng nhập sai nhiều lần. Xin chờ 1 phút rồi thử lại."]


def test_a_network_that_guesses_waits_whatever_names_it_tries(client, hoa):
    at = now()
    FailedSignIn.objects.bulk_create(
        [FailedSignIn(account=f"a{i}", address="127.0.0.1", at=at - timedelta(minutes=20)) for i in range(120)]
    )
    with time_machine.travel(at, tick=False):
        assert errors_of(enter_password(client)) == ["Quá nhiều lần đăng nhập sai từ mạng này. Xin chờ 40 phút rồi thử lại."]


def test_neither_a_stranger_nor_a_citizen_nor_a_former_official_has_a_password(client, hoa):
    citizen = Person(kind=Person.Kind.CITIZEN, username="cd-1", full_name="Trần Minh Châu")
    citizen.set_unusable_password()
    citizen.save()
    for name in ("nobody", "cd-1"):
        assert errors_of(enter_password(client, name=name)) == ["Tên đăng nhập hoặc mật khẩu không đúng."]
    Person.objects.filter(pk=hoa.pk).update(is_active=False)
    assert enter_password(client).headers["Location"] == reverse("account_inactive")


@pytest.mark.django_db(transaction=True)
def test_an_official_without_a_second_factor_sets_one_up_first(client, hoa):
    Authenticator.objects.all().delete()
    assert enter_password(client).headers["Location"] == "/thu/viec/"
    assert client.get("/thu/viec/").headers["Location"] == f"{reverse('mfa_activate_totp')}?next=/thu/viec/"
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.session["after_second_factor"] == "/thu/viec/"
    assert client.get("/thu/viec/").status_code == 200
    stored = Authenticator.objects.get(user=hoa, type="totp")
    assert secret not in str(stored.data)


def test_a_session_from_before_the_second_factor_ends(client, hoa):
    client.force_login(hoa)
    assert client.get("/thu/viec/").headers["Location"] == f"{reverse('account_login')}?next=/thu/viec/"
    assert "_auth_user_id" not in client.session


def test_the_last_second_factor_stays(client, hoa):
    enter_password(client)
    enter_code(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=hoa, type="totp").exists()


def administrator():
    unit = Unit.objects.create(kind=Unit.Kind.PROVINCE, name="UBND tỉnh", valid_from=date(2020, 1, 1))
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username="quan-tri", full_name="Quản trị")
    Post.objects.create(person=person, unit=unit, role=Role.ADMINISTRATOR, valid_from=date(2020, 1, 1))
    return person


def test_ended_sessions_end_everywhere(client, hoa):
    elsewhere = Client()
    sign_in(client, hoa)
    sign_in(elsewhere, hoa)
    assert [c.get("/thu/viec/").status_code for c in (client, elsewhere)] == [200, 200]
    end_sessions(hoa, by=administrator(), at=now())
    assert [c.get("/thu/viec/").status_code for c in (client, elsewhere)] == [302, 302]


def test_a_second_factor_is_taken_away_by_an_administrator_only(client, hoa):
    sign_in(client, hoa)
    with pytest.raises(NotAllowed):
        reset_second_factor(hoa, by=hoa, at=now())
    reset_second_factor(hoa, by=administrator(), at=now())
    assert not Authenticator.objects.filter(user=hoa).exists()
    assert client.get("/thu/viec/").status_code == 302


def test_a_session_that_ended_in_the_middle_of_a_form_leads_back_to_it(client, hoa):
    answer = client.post("/thu/viec/", {"a": "b"}, headers={"Referer": "http://testserver/thu/viec/?buoc=2"})
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/thu/viec/%3Fbuoc%3D2"


def test_a_session_left_alone_ends_and_one_in_use_goes_on(client, hoa):
    with time_machine.travel(now(), tick=False) as clock:
        sign_in(client, hoa)
        for _ in range(3):
            clock.shift(timedelta(minutes=59))
            assert client.get("/thu/viec/").status_code == 200
        clock.shift(timedelta(minutes=62))
        assert client.get("/thu/viec/").headers["Location"] == f"{reverse('account_login')}?next=/thu/viec/"


def test_a_fragment_sends_the_whole_page_to_sign_in(client, hoa):
    answer = client.get("/thu/viec/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/thu/viec/?trang=3"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        f"{reverse('account_login')}?next=/thu/viec/%3Ftrang%3D3",
    )


def test_a_referer_from_elsewhere_leads_home():
    assert return_address(RequestFactory().post("/a/", headers={"Referer": "https://example.org/xau/"})) == "/"


def test_citizens_and_officials_do_not_enter_each_others_pages(client, hoa):
    sign_in(client, hoa)
    assert client.get("/thu/cua-toi/").status_code == 404
    sign_in(client, Person.objects.create(kind=Person.Kind.CITIZEN, username="cd-2", full_name="Trần Minh Châu"))
    assert client.get("/thu/viec/").status_code == 404
    assert client.get("/thu/cua-toi/").content.decode() == "hồ sơ của Trần Minh Châu"


def test_what_is_wrong_with_a_new_password_is_said_in_vietnamese(client, hoa):
    sign_in(client, hoa)
    change = lambda one, other: client.post(  # noqa: E731
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": one, "password2": other}
    )
    assert errors_of(change("sông-Hàn-2027-a", "sông-Hàn-2027-b")) == ["Hai lần nhập mật khẩu mới không giống nhau."]
    assert [errors_of(change(word, word)) for word in ("ngắn", "password123", "31415926535", "Lê Thị Hòa")] == [
        ["Mật khẩu cần ít nhất 10 ký tự; một câu ngắn dễ nhớ là tốt nhất."],
        ["Mật khẩu này quá phổ biến, ai cũng đoán được."],
        ["Mật khẩu không được chỉ gồm chữ số."],
        ["Mật khẩu quá giống tên hoặc tên đăng nhập."],
    ]


def test_the_ways_to_prove_it_again_are_named_in_vietnamese(client, hoa):
    sign_in(client, hoa)
    answer = client.get(reverse("account_reauthenticate"))
    assert [str(way["description"]) for way in answer.context["reauthentication_alternatives"]] == [
        "Dùng mã trên ứng dụng hoặc mã dự phòng"
    ]


@pytest.mark.parametrize("address", ["signup/", "email/", "password/reset/", "3rdparty/", "login/code/"])
def test_doors_that_the_house_does_not_have(client, hoa, address):
    assert client.get(f"/tai-khoan/{address}").status_code == 404
