"""The pages of the register: who may open them, and what they do."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.models import Delegation, Person, Post, Role, Token, Unit, UnitCode
from tinhso.directory.second_factor import seal_secret
from tinhso.directory.testing import sign_in

pytestmark = pytest.mark.django_db
SINCE, TODAY = date(2020, 1, 1), localdate()


def agency(kind, name, code, parent=None):
    unit = Unit.objects.create(kind=kind, name=name, parent=parent, valid_from=SINCE)
    unit.agency = unit
    unit.save()
    UnitCode.objects.create(unit=unit, system="gso", code=code, valid_from=SINCE)
    UnitCode.objects.create(unit=unit, system="qd20", code=f"H47.{code}", valid_from=SINCE)
    return unit


def official(username, full_name, unit, role):
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=username, full_name=full_name)
    Post.objects.create(person=person, unit=unit, role=role, valid_from=SINCE)
    return person


@pytest.fixture
def house(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    province = agency("province", "UBND tỉnh", "49")
    district = agency("district", "UBND huyện Phú Ninh", "518", province)
    commune, other = agency("commune", "UBND xã Tam Đàn", "20386", district), agency("commune", "UBND xã Bình Phú", "20827", province)
    return {
        "commune": commune,
        "admin": official("quan-tri", "Phạm Quản Trị", province, Role.ADMINISTRATOR),
        "district_admin": official("quan-tri-huyen", "Hồ Văn Huyện", district, Role.ADMINISTRATOR),
        "lan": official("lan", "Nguyễn Thị Lan", commune, Role.CLERK),
        "minh": official("minh", "Trần Văn Minh", commune, Role.LEADER),
        "chau": official("chau", "Trần Minh Châu", other, Role.CLERK),
        "citizen": Person.objects.create(kind=Person.Kind.CITIZEN, username="cd-1", full_name="Lê Bình An"),
    }


def addresses(house):
    lan, post = house["lan"], Post.objects.get(person=house["lan"])
    return {
        "read": [reverse("people"), reverse("add-official"), reverse("official", args=[lan.pk]), reverse("give-post", args=[lan.pk])],
        "write": [
            reverse("end-post", args=[lan.pk, post.pk]),
            *(reverse(name, args=[lan.pk]) for name in ("reset-second-factor", "end-sessions", "give-password", "official-activity")),
        ],
        "systems": [reverse("systems")],
    }


@pytest.mark.parametrize("who", ["chau", "lan", "citizen"])
def test_a_stranger_finds_nothing(client, house, who):
    sign_in(client, house[who])
    found = addresses(house)
    assert {client.get(address).status_code for address in [*found["read"], *found["systems"]]} == {404}
    assert {client.post(address).status_code for address in found["write"]} == {404}
    assert Post.objects.get(person=house["lan"]).valid_to is None


def test_nobody_is_asked_to_sign_in_and_comes_back(client, house):
    found = addresses(house)
    for address in [*found["read"], *found["systems"], reverse("lending"), reverse("units")]:
        assert client.get(address).headers["Location"] == f"{reverse('account_login')}?next={address}"


def test_an_administrator_of_a_district_finds_its_people_only(client, house):
    sign_in(client, house["district_admin"])
    page = client.get(reverse("people")).content.decode()
    assert [name in page for name in ("Nguyễn Thị Lan", "Trần Văn Minh", "Trần Minh Châu", "Phạm Quản Trị")] == [True, True, False, False]
    assert client.get(reverse("official", args=[house["chau"].pk])).status_code == 404
    assert client.post(reverse("give-password", args=[house["chau"].pk])).status_code == 404
    assert client.get(reverse("systems")).status_code == 404


def test_a_page_after_a_page_shows_everyone_once(client, house):
    Person.objects.bulk_create(
        [Person(kind="official", username=f"p{i}", full_name="Võ Văn An", folded_name=f"vo van an {i % 7}") for i in range(120)]
    )
    sign_in(client, house["admin"])
    seen, address = [], reverse("people")
    while address:
        answer = client.get(address)
        seen += [row["person"].pk for row in answer.context["rows"]]
        address = f"{reverse('people')}?sau={answer.context['after']}" if answer.context["after"] else ""
    expected = Person.objects.filter(kind="official").order_by("folded_name", "pk").values_list("pk", flat=True)
    assert seen == list(expected)
    assert client.get(reverse("people"), {"sau": "nham-nhi"}).status_code == 404


def test_people_are_found_without_diacritics(client, house):
    sign_in(client, house["admin"])
    rows = client.get(reverse("people"), {"q": "tran chau"}).context["rows"]
    assert [row["person"] for row in rows] == [house["chau"]]
    assert "Không tìm thấy cán bộ nào" in client.get(reverse("people"), {"q": "%"}).content.decode()


def test_the_list_asks_the_database_as_often_for_fifty_as_for_five(client, house, django_assert_max_num_queries):
    people = Person.objects.bulk_create([Person(kind="official", username=f"p{i}", full_name=f"Võ An {i}") for i in range(60)])
    Post.objects.bulk_create([Post(person=person, unit=house["commune"], role=Role.CLERK, valid_from=SINCE) for person in people])
    sign_in(client, house["admin"])
    with django_assert_max_num_queries(16):
        client.get(reverse("people"))


def new_official(**changes):
    return {
        "full_name": "Lê Thị Hòa",
        "username": "hoa.lt",
        "email": "",
        "role": Role.CLERK,
        "title": "Cán bộ Một cửa",
        "first": f"{TODAY:%d/%m/%Y}",
    } | changes


def test_adding_an_official_shows_the_password_once(client, house):
    sign_in(client, house["district_admin"])
    address = f"{reverse('add-official')}?co-quan={house['commune'].pk}"
    answer = client.post(address, new_official(unit=house["commune"].pk))
    person = Person.objects.get(username="hoa.lt")
    assert person.check_password(answer.context["secret"])
    assert answer.context["secret"] in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    again = client.post(address, new_official(unit=house["commune"].pk))
    assert (again.status_code, again.context["form"].errors["username"]) == (422, ["Tên đăng nhập này đã có người dùng."])


def test_a_unit_out_of_reach_cannot_be_chosen(client, house):
    sign_in(client, house["district_admin"])
    other = Unit.objects.get(name="UBND xã Bình Phú")
    assert "Trước hết chọn cơ quan" in client.get(f"{reverse('add-official')}?co-quan={other.pk}").content.decode()
    answer = client.post(f"{reverse('add-official')}?co-quan={house['commune'].pk}", new_official(unit=other.pk))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["unit"])


def test_giving_and_ending_a_post(client, house):
    sign_in(client, house["admin"])
    lan, tomorrow = house["lan"], TODAY + timedelta(days=1)
    answer = client.post(
        f"{reverse('give-post', args=[lan.pk])}?co-quan={house['commune'].pk}",
        {"unit": house["commune"].pk, "role": Role.SPECIALIST, "title": "", "first": f"{tomorrow:%d/%m/%Y}", "last": ""},
    )
    assert answer.headers["Location"] == reverse("official", args=[lan.pk])
    post = lan.posts.get(role=Role.SPECIALIST)
    refused = client.post(reverse("end-post", args=[lan.pk, post.pk]), {"last": f"{TODAY - timedelta(days=3):%d/%m/%Y}"})
    assert refused.status_code == 422
    assert "Ngày làm việc cuối cùng không được trước ngày bắt đầu hoặc trước hôm qua." in refused.content.decode()
    client.post(reverse("end-post", args=[lan.pk, post.pk]), {"last": f"{tomorrow:%d/%m/%Y}"})
    post.refresh_from_db()
    assert post.valid_to == TODAY + timedelta(days=2)


def test_lost_second_factors_passwords_and_sessions(client, house):
    lan = house["lan"]
    Authenticator.objects.create(user=lan, type="totp", data={"secret": seal_secret("JBSWY3DPEHPK3PXP")})
    sign_in(client, house["admin"])
    client.post(reverse("reset-second-factor", args=[lan.pk]))
    client.post(reverse("end-sessions", args=[lan.pk]))
    secret = client.post(reverse("give-password", args=[lan.pk])).context["secret"]
    client.post(reverse("official-activity", args=[lan.pk]), {"active": "no"})
    lan.refresh_from_db()
    assert (lan.session_round, lan.is_active, lan.check_password(secret), Authenticator.objects.count()) == (4, False, True, 0)
    assert client.post(reverse("reset-second-factor", args=[house["admin"].pk])).status_code == 404


def test_a_key_is_shown_once_and_taken_back(client, house):
    sign_in(client, house["admin"])
    client.post(reverse("systems"), {"name": "Cổng của Bộ"})
    system = Person.objects.get(kind="system")
    typed = {"label": "máy chủ chính", "scopes": ["dossiers:read"], "agencies": "H47.20386, H47.20827", "expires_on": ""}
    answer = client.post(reverse("issue-token", args=[system.pk]), typed)
    token, key = Token.objects.get(), answer.context["secret"]
    assert ({unit.name for unit in token.agencies.all()}, key in answer.content.decode()) == ({"UBND xã Tam Đàn", "UBND xã Bình Phú"}, True)
    assert key not in client.get(reverse("system", args=[system.pk])).content.decode()
    assert client.post(reverse("issue-token", args=[system.pk]), typed).status_code == 422
    unknown = client.post(reverse("issue-token", args=[system.pk]), typed | {"label": "khác", "agencies": "H99"})
    assert unknown.context["form"].errors["agencies"] == ["Không có cơ quan mang mã H99."]
    client.post(reverse("revoke-token", args=[system.pk, token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_lending_a_post_and_taking_it_back(client, house):
    sign_in(client, house["minh"])
    post = Post.objects.get(person=house["minh"])
    typed = {
        "post": post.pk,
        "to": house["lan"].pk,
        "first": f"{TODAY:%d/%m/%Y}",
        "last": f"{TODAY + timedelta(days=3):%d/%m/%Y}",
        "reason": "đi công tác",
        "document": "",
        "may_sign": "on",
    }
    assert client.post(reverse("lending"), typed | {"to": house["chau"].pk}).status_code == 422
    wrong = client.post(reverse("lending"), typed | {"last": f"{TODAY - timedelta(days=1):%d/%m/%Y}"})
    assert wrong.context["form"].errors["last"] == ["Ngày kết thúc phải từ ngày bắt đầu trở đi và chưa qua."]
    assert client.post(reverse("lending"), typed).headers["Location"] == reverse("lending")
    lent = Delegation.objects.get()
    assert (lent.delegate, lent.may_sign, lent.runs_on(TODAY)) == (house["lan"], True, True)
    sign_in(client, house["chau"])
    assert client.post(reverse("take-back", args=[lent.pk])).status_code == 404
    sign_in(client, house["lan"])
    assert "Trần Văn Minh" in client.get(reverse("lending")).content.decode()
    sign_in(client, house["minh"])
    client.post(reverse("take-back", args=[lent.pk]))
    lent.refresh_from_db()
    assert lent.revoked_at is not None


def test_the_tree_of_a_day_and_who_held_a_code(client, house):
    old = house["commune"]
    day = date(2025, 7, 1)
    Unit.objects.filter(pk=old.pk).update(valid_to=day)
    UnitCode.objects.filter(unit=old).update(valid_to=day)
    new = Unit.objects.create(kind="commune", name="UBND xã Phú Ninh Mới", parent=old.parent, valid_from=day)
    UnitCode.objects.create(unit=new, system="gso", code="20386", valid_from=day)
    new.origins.create(predecessor=old, on=day)
    sign_in(client, house["chau"])
    before, after = (client.get(reverse("units"), {"ngay": text}).content.decode() for text in ("30/06/2025", "01/07/2025"))
    assert ["UBND xã Tam Đàn" in before, "Phú Ninh Mới" in before] == [True, False]
    assert ["UBND xã Tam Đàn" in after, "Phú Ninh Mới" in after] == [False, True]
    assert [row.unit for row in client.get(reverse("units"), {"ma": "20386"}).context["holders"]] == [old, new]
    assert client.get(reverse("units"), {"ngay": "hôm qua"}).status_code == 422
    assert "Đơn vị này đã kết thúc" in client.get(reverse("unit", args=[old.pk])).content.decode()
    assert "Kế thừa từ" in client.get(reverse("unit", args=[new.pk])).content.decode()
