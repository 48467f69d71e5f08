"""An administrator keeps accounts and posts of their own agency; nobody keeps their own."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from tinhso.directory.access import administered_officials, can_administer_person, hats
from tinhso.directory.actions import add_official, end_post, give_password, give_post, resume_official, stop_official
from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.directory.testing import sign_in
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.models import Event

pytestmark = pytest.mark.django_db
AT, TODAY, SINCE = now(), localdate(), date(2020, 1, 1)


def agency(kind, name, parent=None):
    unit = Unit.objects.create(kind=kind, name=name, parent=parent, valid_from=SINCE)
    unit.agency = unit
    unit.save()
    return unit


def official(name, unit, role):
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=name, full_name=f"Nguyễn {name.title()}")
    Post.objects.create(person=person, unit=unit, role=role, valid_from=SINCE)
    return person


@pytest.fixture
def house(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    province = agency("province", "UBND tỉnh")
    district = agency("district", "UBND huyện", province)
    commune, other = (
        agency("commune", "UBND xã Tam Đàn", district),
        agency("commune", "UBND xã Bình Phú", agency("district", "B", province)),
    )
    return {
        "province": province,
        "commune": commune,
        "other": other,
        "tinh": official("tinh", province, Role.ADMINISTRATOR),
        "huyen": official("huyen", district, Role.ADMINISTRATOR),
        "lan": official("lan", commune, Role.CLERK),
        "chau": official("chau", other, Role.CLERK),
    }


def add(house, by, **changes):
    given = {"username": "hoa.lt", "full_name": "Lê Thị Hòa", "unit": house["commune"], "role": Role.CLERK, "first": TODAY} | changes
    return add_official(**given, by=house[by], at=AT)


def test_a_new_official_works_from_the_first_day_and_changes_the_password_given(house, client):
    person, password = add(house, "huyen")
    assert [(hat.role, hat.unit_id) for hat in hats(person)] == [("clerk", house["commune"].pk)]
    assert person.check_password(password)
    sign_in(client, person)
    assert client.get("/toi/uy-quyen/").headers["Location"] == f"{reverse('account_change_password')}?next=/toi/uy-quyen/"
    own = "đò-dọc-sông-Tam-Kỳ-7"
    answer = client.post(reverse("account_change_password"), {"oldpassword": password, "password1": own, "password2": own})
    assert answer.headers["Location"] == "/toi/uy-quyen/"
    assert client.get("/toi/uy-quyen/").status_code == 200
    person.refresh_from_db()
    assert (person.check_password(own), person.password_given_at) == (True, None)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"username": "Hòa Lê"}, "username", "Tên đăng nhập gồm chữ không dấu, số, dấu chấm và gạch nối, ví dụ “hoa.lt”."),
        ({"username": "lan"}, "username", "Tên đăng nhập này đã có người dùng."),
        ({"full_name": "Hòa"}, "full_name", "Xin nhập đủ họ và tên."),
        ({"role": "king"}, "role", "Xin chọn vai trò."),
        ({"first": date(2019, 12, 31)}, "first", "UBND xã Tam Đàn không tồn tại vào ngày 31/12/2019."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_done(house, changes, field, sentence):
    before = Person.objects.count()
    with pytest.raises(Refused) as refused:
        add(house, "huyen", **changes)
    assert (refused.value.field, refused.value.sentence, Person.objects.count()) == (field, sentence, before)


def test_an_administrator_of_a_district_stays_in_it(house):
    with pytest.raises(NotAllowed):
        add(house, "huyen", unit=house["other"])
    with pytest.raises(NotAllowed):
        add(house, "huyen", role=Role.OPERATOR)
    with pytest.raises(NotAllowed):
        add(house, "lan")
    assert set(administered_officials(house["huyen"])) == {house["huyen"], house["lan"]}
    assert set(administered_officials(house["lan"])) == set()


def test_whoever_also_works_elsewhere_is_touched_by_the_province_only(house):
    assert can_administer_person(house["huyen"], house["lan"])
    give_post(house["lan"], unit=house["other"], role=Role.SPECIALIST, first=TODAY, by=house["tinh"], at=AT)
    assert not can_administer_person(house["huyen"], house["lan"])
    assert can_administer_person(house["tinh"], house["lan"])
    assert not can_administer_person(house["tinh"], house["tinh"])


def test_nobody_keeps_accounts_and_handles_dossiers_at_once(house):
    with pytest.raises(Refused, match="Một người không vừa quản trị"):
        give_post(house["lan"], unit=house["province"], role=Role.AUDITOR, first=TODAY, by=house["tinh"], at=AT)
    with pytest.raises(Refused, match="Một người không vừa quản trị"):
        give_post(house["huyen"], unit=house["commune"], role=Role.LEADER, first=TODAY, by=house["tinh"], at=AT)


def test_a_post_ends_with_its_last_day_and_once(house):
    post = Post.objects.get(person=house["lan"])
    end_post(post, last=TODAY, by=house["huyen"], at=AT)
    assert [bool(hats(Person.objects.get(pk=house["lan"].pk), day)) for day in (TODAY, TODAY + timedelta(days=1))] == [True, False]
    with pytest.raises(Refused, match="đã kết thúc"):
        end_post(post, last=TODAY, by=house["huyen"], at=AT)
    with pytest.raises(NotAllowed):
        end_post(Post.objects.get(person=house["chau"]), last=TODAY, by=house["huyen"], at=AT)


def test_a_given_password_ends_the_sessions_of_the_old_one(house, client):
    sign_in(client, house["lan"])
    give_password(house["lan"], by=house["huyen"], at=AT)
    assert client.get("/toi/uy-quyen/").status_code == 302


def test_a_closed_account_is_shut_at_once_and_can_be_opened_again(house, client):
    sign_in(client, house["lan"])
    stop_official(house["lan"], by=house["huyen"], at=AT)
    assert client.get("/toi/uy-quyen/").status_code == 302
    assert resume_official(house["lan"], by=house["huyen"], at=AT).is_active
    assert [event.announcement.says() for event in Event.objects.filter(subject_id=house["lan"].pk, subject_kind="directory.person")] == [
        "Ngừng tài khoản của Nguyễn Lan.",
        "Mở lại tài khoản của Nguyễn Lan.",
    ]


def test_officials_are_found_by_the_beginnings_of_words_without_diacritics(house):
    person, _ = add(house, "tinh")
    found = lambda text: list(Person.objects.officials_called(text))  # noqa: E731
    assert found("hòa lê") == found("le ho") == found("thi") == found("hoa.l") == [person]
    assert found("oa") == found("%") == found("hoa' | 'x") == []
