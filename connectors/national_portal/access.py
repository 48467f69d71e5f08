"""Who looks after the synchronisation. It shows codes and the portal's sentences, no citizen's data."""

from tinhso.directory.access import roles
from tinhso.directory.models import Person, Role


def can_watch(person: Person) -> bool:
    return bool(roles(person) & {Role.OPERATOR, Role.SUPERVISOR})
