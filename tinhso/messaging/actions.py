"""Saying something to somebody, and seeing it delivered."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.timezone import localdate

from tinhso.directory.models import Person
from tinhso.kernel.connectors import NotConnected, connected
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.models import Event
from tinhso.messaging.access import can_operate, can_word
from tinhso.messaging.events import MessageTriedAgain, MessageUndelivered, TemplateRevised
from tinhso.messaging.ladders import ChatMessenger, Mail, Mailer, ShortMessenger, Undeliverable
from tinhso.messaging.models import Dispatch, Message, MessageTemplate
from tinhso.messaging.rules import fill, next_try, one_line, unknown_places

log = structlog.get_logger()
State = Dispatch.State


@dataclass(frozen=True)
class Address:
    """Where to reach somebody who has no account: the owner of a dossier filed at the counter."""

    name: str
    email: str = ""
    phone: str = ""


# Within the transaction of whatever caused it: a savepoint for each message would cost as much as the message.
@transaction.atomic(savepoint=False)
def send(
    template_key: str, *, to: Person | Address, fields: Mapping[str, object], about: Model | None, at: datetime, link: str = ""
) -> Message:
    """Say something by a template: in-app at once, by e-mail and telephone through the worker.

    `about` may be the object or the event that caused the message; told twice of one event, the
    same person gets one message. `link` is a path of this site.
    """
    person = to if isinstance(to, Person) else None
    name = to.full_name if isinstance(to, Person) else to.name
    template = MessageTemplate.objects.in_force(template_key, localdate(at))
    kind, number = _subject_of(about)
    message = Message(
        person=person,
        to_name=name[:200],
        template=template,
        about_kind=kind,
        about_id=number,
        once_key=_once_key(template_key, to, about) if isinstance(about, Event) else None,
        subject=one_line(fill(template.subject, fields)),
        body=fill(template.body, fields),
        link=link,
        at=at,
    )
    # One statement whether it was said before or not; the second telling finds the first's row and changes nothing.
    Message.objects.bulk_create([message], update_conflicts=True, unique_fields=["once_key"], update_fields=["once_key"])
    ways = {Dispatch.Channel.MAIL: to.email, Dispatch.Channel.SMS: to.phone if template.short else ""}
    rows = [Dispatch(message=message, channel=channel, address=address, next_try_at=at) for channel, address in ways.items() if address]
    Dispatch.objects.bulk_create(rows, ignore_conflicts=True)
    return message


def _once_key(template_key: str, to: Person | Address, event: Event) -> str:
    whom = f"person {to.pk}" if isinstance(to, Person) else f"address {to.name}\0{to.email}\0{to.phone}"
    return hashlib.sha256(f"{template_key}\0{event.pk}\0{whom}".encode()).hexdigest()


def _subject_of(about: Model | None) -> tuple[str, int | None]:
    if about is None:
        return "", None
    return (about.subject_kind, about.subject_id) if isinstance(about, Event) else (about._meta.label_lower, about.pk)


# -- delivery ------------------------------------------------------------------


def deliver_due(*, at: datetime, limit: int = 100) -> int:
    """Try the deliveries whose moment has come, the oldest first, and return how many."""
    due = Dispatch.objects.filter(state=State.WAITING, next_try_at__lte=at).order_by("next_try_at").values_list("pk", flat=True)[:limit]
    for key in list(due):
        deliver(key, at=at)
    return len(due)


@transaction.atomic
def deliver(dispatch_id: int, *, at: datetime) -> Dispatch | None:
    """Try one delivery, keep the proof or the reason, and the moment of the next try when that may help."""
    row = (
        Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("message__template")
        .filter(pk=dispatch_id, state=State.WAITING)
        .first()
    )
    if row is None:
        return None
    row.attempts += 1
    try:
        row.proof = _hand_over(row)[:300]
    except NotConnected:
        row.state, row.next_try_at = State.NOT_CONNECTED, None
    except Undeliverable as refusal:
        _give_up(row, refusal, at)
    except Exception as fault:
        # Whatever a client raises, the message stands in-app and the delivery waits.
        log.warning("dispatch_failed", dispatch=row.pk, channel=row.channel, attempts=row.attempts, fault=repr(fault))
        row.error, row.next_try_at = repr(fault)[:300], next_try(row.attempts, at)
        if row.next_try_at is None:
            _give_up(row, fault, at)
    else:
        row.state, row.sent_at, row.next_try_at, row.error = State.SENT, at, None, ""
    row.save()
    return row


def _hand_over(row: Dispatch) -> str:
    message = row.message
    key = f"{row.channel}-{row.pk}"
    match row.channel:
        case Dispatch.Channel.MAIL:
            return connected(Mailer).deliver(
                Mail(key=key, to=row.address, to_name=message.to_name, subject=message.subject, body=letter(message))
            )
        case Dispatch.Channel.SMS:
            return connected(ShortMessenger).deliver(row.address, short_text(message), key=key)
        case _:
            return connected(ChatMessenger).deliver(row.address, short_text(message), key=key)


def letter(message: Message) -> str:
    """Return the text of the e-mail: greeting, body, the page, and that nobody reads answers."""
    parts = [f"Kính gửi {message.to_name},", message.body]
    if message.link:
        parts.append(f"Xem tại: {settings.SITE_URL}{message.link}")
    parts.append(f"Cổng dịch vụ công {settings.ENV.province_name}\nThư gửi tự động, xin không trả lời thư này.")
    return "\n\n".join(parts) + "\n"


def short_text(message: Message) -> str:
    return one_line(f"{message.subject}. {settings.SITE_URL}{message.link}" if message.link else message.subject)


def _give_up(row: Dispatch, fault: Exception, at: datetime) -> None:
    row.state, row.next_try_at, row.error = State.GIVEN_UP, None, (str(fault) or repr(fault))[:300]
    told = MessageUndelivered(row.message.template.key, row.get_channel_display(), row.error)
    record(told, on=row.message, by=None, at=at)


@transaction.atomic
def try_again(dispatch: Dispatch, *, by: Person, at: datetime) -> Dispatch:
    """Let a delivery that was given up, or had no channel, begin anew."""
    require(can_operate(by))
    row = Dispatch.objects.select_for_update(of=("self",)).select_related("message__template").get(pk=dispatch.pk)
    if row.state == State.SENT:
        raise Refused("Thông báo này đã gửi được rồi.")
    if row.state != State.WAITING:
        row.state, row.attempts, row.next_try_at = State.WAITING, 0, at
        row.save()
        record(MessageTriedAgain(row.message.template.key, row.get_channel_display()), on=row.message, by=by, at=at)
    return row


# -- reading -------------------------------------------------------------------


def mark_read(message: Message, *, by: Person, at: datetime) -> None:
    Message.objects.filter(pk=message.pk, person=by, read_at=None).update(read_at=at)


def mark_all_read(*, by: Person, at: datetime) -> int:
    return Message.objects.filter(person=by, read_at=None).update(read_at=at)


# -- wording -------------------------------------------------------------------


@transaction.atomic
def revise_template(key: str, *, valid_from: date, subject: str, body: str, short: str, by: Person, at: datetime) -> MessageTemplate:
    """Give a template a new wording from a day on; what was sent before keeps the old one."""
    require(can_word(by))
    if valid_from < localdate(at):
        raise Refused("Ngày áp dụng không được ở quá khứ.", field="valid_from")
    current = MessageTemplate.objects.filter(key=key).latest("valid_from")
    for field, text in (("subject", subject), ("body", body)):
        if not text.strip():
            raise Refused("Xin nhập nội dung.", field=field)
    for field, text in (("subject", subject), ("body", body), ("short", short)):
        if wrong := unknown_places(current.fields, text):
            allowed = ", ".join(f"{{{name}}}" for name in current.fields)
            raise Refused(f"Không có trường {{{wrong[0]}}}. Dùng được: {allowed}.", field=field)
    template, _ = MessageTemplate.objects.update_or_create(
        key=key,
        valid_from=valid_from,
        defaults={
            "name": current.name,
            "fields": current.fields,
            "subject": subject.strip()[:200],
            "body": body.strip(),
            "short": short.strip()[:300],
        },
    )
    record(TemplateRevised(key, f"{valid_from:%d/%m/%Y}"), on=template, by=by, at=at)
    return template
