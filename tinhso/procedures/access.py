"""Who keeps the catalogue. Everybody may read what is public in it."""

from tinhso.directory.access import roles
from tinhso.directory.models import Person, Role


def can_keep_catalogue(person: Person) -> bool:
    """Say whether the person writes, publishes and imports procedures for the whole province."""
    return Role.CATALOGUER in roles(person)
