import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.kernel.connectors import _CONNECTED
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.models import Event
from tinhso.messaging.actions import Address, deliver, deliver_due, mark_all_read, mark_read, revise_template, send, try_again
from tinhso.messaging.ladders import Mailer, Undeliverable
from tinhso.messaging.models import Message, MessageTemplate
from tinhso.messaging.queries import channel_figures, unread_count
from tinhso.messaging.rules import WAITS, fill, next_try, places
from tinhso.messaging.seeds import FILE, seed_templates

pytestmark = pytest.mark.django_db
AT = datetime(2024, 4, 15, 2, 0, tzinfo=UTC)
FIELDS = {"code": "H49.1-240415-0001", "procedure": "Đăng ký khai sinh", "unit": "UBND phường An Mỹ", "promise": "10:00 22/04/2024"}


def happened(number: int = 1) -> Event:
    return Event.objects.create(kind="kernel.Something", subject_kind="dossiers.dossier", subject_id=number, at=AT, payload={})


def say(to, *, about=None, link="/ho-so/H49.1-240415-0001/") -> Message:
    return send("dossier-received", to=to, fields=FIELDS, about=about, at=AT, link=link)


def states(message) -> dict[str, tuple[str, int]]:
    return {row.channel: (row.state, row.attempts) for row in message.dispatches.all()}


def official(role: str) -> Person:
    person = Person.objects.create(kind="official", username=role, full_name="Cán bộ")
    unit = Unit.objects.create(kind="commune", name="UBND phường An Mỹ", valid_from=date(2020, 1, 1))
    Post.objects.create(person=person, unit=unit, role=role, valid_from=date(2020, 1, 1))
    return person


def test_a_message_is_in_the_house_at_once_and_by_mail_soon(chau, postman):
    message = say(chau)
    assert (message.subject, message.body) == (
        "Hồ sơ H49.1-240415-0001 đã được tiếp nhận",
        "UBND phường An Mỹ đã tiếp nhận hồ sơ H49.1-240415-0001 (Đăng ký khai sinh).\n\nNgày hẹn trả kết quả: 10:00 22/04/2024.",
    )
    assert (unread_count(chau), postman.mails) == (1, [])
    deliver_due(at=now())
    (mail,) = postman.mails
    row = message.dispatches.get(channel="mail")
    assert (mail.to, mail.to_name, mail.subject) == ("chau@example.vn", "Lê Thị Châu", message.subject)
    assert mail.body == (
        f"Kính gửi Lê Thị Châu,\n\n{message.body}\n\nXem tại: http://127.0.0.1:8000/ho-so/H49.1-240415-0001/\n\n"
        "Cổng dịch vụ công tỉnh Quảng Nam\nThư gửi tự động, xin không trả lời thư này.\n"
    )
    assert (row.state, row.proof, row.attempts, row.error) == ("sent", f"250 2.0.0 Ok: mail-{row.pk}", 1, "")


def test_told_twice_of_one_event_it_is_said_once_to_each(chau, binh, postman):
    event = happened()
    first, again, other = say(chau, about=event), say(chau, about=event), say(binh, about=event)
    assert (first.pk == again.pk, first.pk == other.pk, Message.objects.count()) == (True, False, 2)
    deliver_due(at=now())
    assert len(postman.mails) == 1
    assert (first.about_kind, first.about_id) == ("dossiers.dossier", 1)
    assert say(chau, about=happened(2)).pk != first.pk


def test_an_owner_without_account_gets_a_mail(postman):
    owner = Address("Hộ kinh doanh Hòa Bình", email="hoabinh@example.vn")
    event = happened()
    message = say(owner, about=event)
    assert say(owner, about=event).pk == message.pk
    deliver_due(at=now())
    assert [(mail.to, mail.to_name) for mail in postman.mails] == [("hoabinh@example.vn", "Hộ kinh doanh Hòa Bình")]
    assert message.person is None


def test_without_any_address_it_stands_in_the_house(binh):
    assert (states(say(binh)), unread_count(binh)) == ({}, 1)


def test_a_channel_that_is_not_connected_says_so(chau, postman):
    message = say(chau)
    deliver_due(at=now())
    assert states(message) == {"mail": ("sent", 1), "sms": ("not_connected", 1)}
    _CONNECTED.pop(Mailer)
    later = say(chau)
    deliver_due(at=now())
    assert states(later)["mail"] == ("not_connected", 1)
    assert channel_figures() == {"waiting": 0, "sent": 1, "given_up": 0, "not_connected": 3}


def test_while_the_mail_server_is_down_the_message_stands_and_the_mail_waits(chau, postman):
    postman.faults = [ConnectionRefusedError("SMTP không trả lời"), TimeoutError("quá lâu")]
    message = say(chau)
    row = message.dispatches.get(channel="mail")
    assert unread_count(chau) == 1
    deliver(row.pk, at=AT)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_try_at, row.error) == (
        "waiting",
        1,
        AT + timedelta(minutes=1),
        "ConnectionRefusedError('SMTP không trả lời')",
    )
    deliver(row.pk, at=row.next_try_at)
    row.refresh_from_db()
    assert (row.attempts, row.next_try_at) == (2, AT + timedelta(minutes=6))
    deliver(row.pk, at=row.next_try_at)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.next_try_at, len(postman.mails)) == ("sent", AT + timedelta(minutes=6), None, 1)
    assert deliver(row.pk, at=AT) is None


def test_no_such_mailbox_is_given_up_at_once_and_told(chau, postman):
    postman.faults = [Undeliverable("550 5.1.1 No such mailbox")]
    message = say(chau)
    row = deliver(message.dispatches.get(channel="mail").pk, at=AT)
    assert (row.state, row.error) == ("given_up", "550 5.1.1 No such mailbox")
    (event,) = Event.objects.filter(subject_kind="messaging.message")
    assert event.announcement.says() == "Không gửi được thông báo dossier-received qua thư điện tử: 550 5.1.1 No such mailbox"


def test_after_the_last_try_people_look_and_may_begin_anew(chau, postman):
    postman.faults = [OSError("mất mạng")] * (len(WAITS) + 1)
    message = say(chau)
    row, moment = message.dispatches.get(channel="mail"), AT
    for _ in range(len(WAITS) + 1):
        row = deliver(row.pk, at=moment)
        moment = row.next_try_at or moment
    assert (row.state, row.attempts, row.next_try_at) == ("given_up", len(WAITS) + 1, None)
    with pytest.raises(NotAllowed):
        try_again(row, by=chau, at=AT)
    operator = official(Role.OPERATOR)
    try_again(row, by=operator, at=AT)
    deliver_due(at=now())
    row.refresh_from_db()
    assert (row.state, len(postman.mails)) == ("sent", 1)
    with pytest.raises(Refused, match="đã gửi được rồi"):
        try_again(row, by=operator, at=AT)


def test_deliveries_wait_for_their_moment(chau, postman):
    say(chau)
    assert (deliver_due(at=AT - timedelta(seconds=1)), deliver_due(at=AT), deliver_due(at=AT)) == (0, 2, 0)


def test_the_worker_takes_messages_to_their_mailboxes(chau, postman, drain):
    say(chau)
    drain()
    assert len(postman.mails) == 1


def test_saying_something_costs_three_statements(chau, django_assert_num_queries):
    event = happened()
    with django_assert_num_queries(3):
        say(chau, about=event)


def test_only_the_receiver_marks_as_read(chau, binh):
    message, _other = say(chau), say(chau)
    mark_read(message, by=binh, at=AT)
    assert unread_count(chau) == 2
    mark_read(message, by=chau, at=AT)
    assert unread_count(chau) == 1
    assert (mark_all_read(by=binh, at=AT), mark_all_read(by=chau, at=AT), unread_count(chau)) == (0, 1, 0)


def test_what_was_said_and_to_which_address_is_sealed_at_rest(chau):
    say(chau)
    with connection.cursor() as cursor:
        cursor.execute("SELECT m.body || d.address FROM messaging_message m JOIN messaging_dispatch d ON d.message_id = m.id")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert not [word for word in ("0905123456", "chau@example.vn", "khai sinh") if word in kept]


def test_a_new_wording_holds_from_its_day(chau):
    cataloguer = official(Role.CATALOGUER)
    revise_template(
        "dossier-received", valid_from=date(2024, 5, 1), subject="Đã nhận {code}", body="Hẹn {promise}.", short="", by=cataloguer, at=AT
    )
    assert say(chau).subject == "Hồ sơ H49.1-240415-0001 đã được tiếp nhận"
    later = send("dossier-received", to=chau, fields=FIELDS, about=None, at=AT + timedelta(days=20))
    assert (later.subject, later.body) == ("Đã nhận H49.1-240415-0001", "Hẹn 10:00 22/04/2024.")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "Số {so_dinh_danh}"}, "body"),
        ({"subject": "  "}, "subject"),
        ({"short": "{x}"}, "short"),
        ({"valid_from": date(2024, 4, 14)}, "valid_from"),
    ],
)
def test_a_wording_that_nobody_could_fill_is_refused(change, field):
    wording = {"valid_from": date(2024, 5, 1), "subject": "Đã nhận {code}", "body": "Hẹn {promise}.", "short": ""} | change
    with pytest.raises(Refused) as refused:
        revise_template("dossier-received", **wording, by=official(Role.ADMINISTRATOR), at=AT)
    assert refused.value.field == field


def test_every_template_that_comes_with_the_house_can_be_filled():
    for facts in json.loads(FILE.read_text()):
        assert places(facts["subject"], facts["body"], facts["short"]) - set(facts["fields"]) == set(), facts["key"]
    assert seed_templates() == 0
    MessageTemplate.objects.filter(key="fee-paid").delete()
    assert seed_templates() == 1


def test_places_are_names_and_nothing_else():
    assert fill("{code} {0} {code.__class__} {a b}", {"code": "x{promise}"}) == "x{promise} {0} {code.__class__} {a b}"
    with pytest.raises(KeyError):
        fill("{missing}", {})


def test_waits_grow_to_a_day():
    assert [next_try(attempts, AT) for attempts in (1, 7, 8)] == [AT + timedelta(minutes=1), AT + timedelta(days=1), None]
