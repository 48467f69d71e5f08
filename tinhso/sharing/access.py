"""Who looks after what outside systems are told: the systems themselves, and whoever runs the machines or keeps the register."""

from django.db.models import QuerySet

from tinhso.directory.access import can_administer_province, roles
from tinhso.directory.models import Person, Role
from tinhso.sharing.models import Subscription


def can_watch(person: Person) -> bool:
    return Role.OPERATOR in roles(person) or can_administer_province(person)


def visible_subscriptions(person: Person) -> QuerySet[Subscription]:
    running = Subscription.objects.filter(ended_at=None).select_related("token__system")
    return running if can_watch(person) else running.none()


def can_end(person: Person, subscription: Subscription) -> bool:
    return person.pk == subscription.token.system_id or can_watch(person)
