"""Who sees which messages."""

from django.db.models import QuerySet

from tinhso.directory.access import roles
from tinhso.directory.models import Person, Role
from tinhso.messaging.models import Dispatch, Message


def visible_messages(person: Person) -> QuerySet[Message]:
    """Return the messages to the person; nobody reads another's."""
    return Message.objects.filter(person=person)


def can_operate(person: Person) -> bool:
    """Say whether the person looks after deliveries (without reading what was said)."""
    return bool(roles(person) & {Role.OPERATOR, Role.ADMINISTRATOR})


def can_word(person: Person) -> bool:
    """Say whether the person may change the wording of templates."""
    return bool(roles(person) & {Role.ADMINISTRATOR, Role.CATALOGUER})


def visible_dispatches(person: Person) -> QuerySet[Dispatch]:
    rows = Dispatch.objects.select_related("message__template")
    return rows if can_operate(person) else rows.none()
