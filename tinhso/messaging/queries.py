"""Questions about messages."""

from tinhso.directory.models import Person
from tinhso.messaging.models import Dispatch, Message


def unread_count(person: Person) -> int:
    """Return how many messages the person has not read; shells show it beside the bell."""
    return Message.objects.filter(person=person).unread().count()


def channel_figures() -> dict[str, int]:
    """Return how many deliveries stand in which state, for the operator's page."""
    return {state.value: Dispatch.objects.filter(state=state).count() for state in Dispatch.State}
