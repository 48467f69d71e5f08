from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tinhso.directory.models import Role
from tinhso.directory.testing import sign_in
from tinhso.messaging.actions import deliver
from tinhso.messaging.ladders import Undeliverable
from tinhso.messaging.models import Message, MessageTemplate
from tinhso.messaging.tests.test_messages import official, say

pytestmark = pytest.mark.django_db
SUBJECT = "Hồ sơ H49.1-240415-0001 đã được tiếp nhận"


def test_a_citizen_sees_what_was_said_and_opening_it_is_reading_it(client, chau, postman):
    message = say(chau)
    deliver(message.dispatches.get(channel="mail").pk, at=datetime(2024, 4, 15, 2, 1, tzinfo=UTC))
    sign_in(client, chau)
    page = client.get(reverse("notices")).content.decode()
    assert (page.count(SUBJECT), "Chưa đọc" in page, "Đánh dấu đã đọc tất cả" in page) == (1, True, True)
    page = client.get(message.get_absolute_url()).content.decode()
    assert "Ngày hẹn trả kết quả: 10:00 22/04/2024." in page
    assert "Thư điện tử c***@example.vn: đã gửi lúc 09:01 15/04/2024" in page
    assert "Tin nhắn SMS *******456: chờ gửi" in page
    assert 'href="/ho-so/H49.1-240415-0001/"' in page
    assert "Chưa đọc" not in client.get(reverse("notices")).content.decode()


def test_nobody_reads_anothers(client, chau, binh):
    message = say(chau)
    sign_in(client, binh)
    assert client.get(message.get_absolute_url()).status_code == 404
    assert SUBJECT not in client.get(reverse("notices")).content.decode()
    client.post(reverse("read-notices"))
    assert Message.objects.get().read_at is None


def test_a_stranger_is_led_to_the_sign_in(client, chau):
    message = say(chau)
    for address in (reverse("notices"), message.get_absolute_url()):
        assert client.get(address).url.startswith(reverse("account_login"))


def test_all_is_marked_as_read(client, chau):
    say(chau), say(chau)
    sign_in(client, chau)
    assert client.post(reverse("read-notices"), follow=True).content.decode().count("Đã đánh dấu đã đọc tất cả.") == 1
    assert Message.objects.unread().count() == 0


def test_the_list_goes_on(client, binh):
    for number in range(31):
        say(binh, link=f"/{number}/")
    sign_in(client, binh)
    page = client.get(reverse("notices"))
    assert page.content.decode().count('class="card stack tight"') == 30
    assert (
        client.get(page.context["older"] and reverse("notices") + page.context["older"]).content.decode().count('class="card stack tight"')
        == 1
    )


def test_the_operator_sees_what_did_not_arrive_and_not_what_was_said(client, chau, postman):
    postman.faults = [Undeliverable("550 5.1.1 No such mailbox")]
    row = deliver(say(chau).dispatches.get(channel="mail").pk, at=datetime(2024, 4, 15, 2, 1, tzinfo=UTC))
    sign_in(client, official(Role.OPERATOR))
    page = client.get(reverse("undelivered-notices")).content.decode()
    assert ("550 5.1.1 No such mailbox" in page, "c***@example.vn" in page, "chau@" in page, SUBJECT in page) == (True, True, False, False)
    client.post(reverse("deliver-notice-again", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "waiting"


def test_citizens_and_other_officials_find_no_operators_page(client, chau):
    row = say(chau).dispatches.first()
    for person in (chau, official(Role.CLERK)):
        sign_in(client, person)
        assert client.get(reverse("undelivered-notices")).status_code == 404
        assert client.get(reverse("message-templates")).status_code == 404
        assert client.get(reverse("message-template", args=["fee-paid"])).status_code == 404
        assert client.post(reverse("deliver-notice-again", args=[row.pk])).status_code == 404


def test_a_wording_is_changed_from_a_day_on(client):
    sign_in(client, official(Role.ADMINISTRATOR))
    assert "Đã nhận phí, lệ phí" in client.get(reverse("message-templates")).content.decode()
    address = reverse("message-template", args=["fee-paid"])
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    typed = {"valid_from": f"{tomorrow:%d/%m/%Y}", "subject": "Cảm ơn, đã nhận {amount}", "body": "Hồ sơ {code} {cccd}", "short": ""}
    refused = client.post(address, typed)
    assert (refused.status_code, "Không có trường {cccd}." in refused.content.decode()) == (422, True)
    assert "Cảm ơn, đã nhận {amount}" in refused.content.decode()
    assert client.post(address, typed | {"body": "Hồ sơ {code}"}).status_code == 302
    assert MessageTemplate.objects.filter(key="fee-paid").latest("valid_from").subject == "Cảm ơn, đã nhận {amount}"
    assert client.post(address, typed | {"valid_from": "31/02/2027"}).status_code == 422
    assert client.get(reverse("message-template", args=["khong-co"])).status_code == 404
