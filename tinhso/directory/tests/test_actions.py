"""Who a citizen is, who read their data, who stands in for whom."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import now

from tinhso.directory.access import hats
from tinhso.directory.actions import citizen_for, issue_token, lend_post, note_reading, take_back_post, token_digest
from tinhso.directory.models import Person, Post, Reading, Role, Token, Unit
from tinhso.kernel.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
AT = now()


@pytest.fixture
def office():
    unit = Unit(kind=Unit.Kind.COMMUNE, name="UBND xã Tam Đàn", valid_from=date(2020, 1, 1))
    unit.save()
    unit.agency = unit
    unit.save()
    return unit


def official(name, unit=None, role=Role.SPECIALIST):
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=name, full_name=name)
    if unit:
        Post.objects.create(person=person, unit=unit, role=role, valid_from=date(2020, 1, 1))
    return person


def test_the_same_number_and_name_are_one_citizen_however_written():
    first = citizen_for("049190012345", full_name="Nguyễn Thị Bình An")
    assert citizen_for("049 190 012 345", full_name="NGUYEN THI BINH AN") == first


def test_a_number_of_another_is_refused_at_its_field():
    citizen_for("049190012345", full_name="Nguyễn Thị Bình An")
    with pytest.raises(Refused) as refused:
        citizen_for("049190012345", full_name="Trần Văn Bảy")
    assert (refused.value.field, refused.value.code) == ("owner_number", "number-of-another")


def test_reading_twice_within_minutes_is_one_reading_and_reading_oneself_is_none(office):
    citizen, clerk = citizen_for("049190012345", full_name="Nguyễn Thị Bình An"), official("mot-cua", office, Role.CLERK)
    for minutes in (0, 3, 20):
        note_reading(citizen, by=clerk, what="hồ sơ", purpose="thụ lý", code="X-1", at=AT + timedelta(minutes=minutes))
    note_reading(citizen, by=citizen, what="hồ sơ", purpose="xem", code="X-1", at=AT)
    assert list(Reading.objects.order_by("at").values_list("reader", "at")) == [(clerk.pk, AT), (clerk.pk, AT + timedelta(minutes=20))]


def test_a_lent_post_is_worn_for_its_days_only_and_can_be_taken_back(office):
    chair, deputy = official("chu-tich", office, Role.LEADER), official("pho", office)
    day = AT.date()
    lent = lend_post(
        chair.posts.get(), to=deputy, first=day, last=day + timedelta(days=2), reason="Đi công tác", may_sign=True, by=chair, at=AT
    )
    assert [(hat.role, hat.acting_for_id, hat.may_sign) for hat in hats(deputy, day) if hat.acting_for_id] == [
        (Role.LEADER, chair.pk, True)
    ]
    assert [hat.role for hat in hats(deputy, day + timedelta(days=3))] == [Role.SPECIALIST]
    take_back_post(lent, by=chair, at=AT)
    assert [hat.role for hat in hats(Person.objects.get(pk=deputy.pk), day)] == [Role.SPECIALIST]


def test_nobody_lends_the_post_of_another(office):
    chair, deputy = official("chu-tich", office, Role.LEADER), official("pho", office)
    with pytest.raises(NotAllowed):
        lend_post(chair.posts.get(), to=deputy, first=AT.date(), last=AT.date(), reason="x", may_sign=False, by=deputy, at=AT)


def test_a_key_is_shown_once_and_only_its_hash_is_kept(office):
    province = Unit.objects.create(kind=Unit.Kind.PROVINCE, name="UBND tỉnh", valid_from=date(2020, 1, 1))
    admin = official("quan-tri", province, Role.ADMINISTRATOR)
    system = Person.objects.create(kind=Person.Kind.SYSTEM, username="cong-bo", full_name="Cổng bộ")
    token, key = issue_token(system, label="thử", scopes=["dossiers:read"], by=admin, at=AT)
    assert Token.objects.get(digest=token_digest(key)) == token
    with pytest.raises(Refused):
        issue_token(system, label="khác", scopes=["everything"], by=admin, at=AT)
    with pytest.raises(Refused, match="đã có mã truy cập đang dùng tên “thử”"):
        issue_token(system, label="thử", scopes=["dossiers:read"], by=admin, at=AT)
    with pytest.raises(NotAllowed):
        issue_token(system, label="khác", scopes=["dossiers:read"], by=official("quan-tri-xa", office, Role.ADMINISTRATOR), at=AT)
