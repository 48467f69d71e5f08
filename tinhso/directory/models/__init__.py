"""Who there is: agencies and units with their dates, people, posts, delegations."""

from tinhso.directory.models.people import Organisation, Person, PersonManager, PersonQuerySet, Representation
from tinhso.directory.models.posts import AGENCY_ROLES, Delegation, Post, PostQuerySet, Role
from tinhso.directory.models.records import FailedSignIn, Reading, Token
from tinhso.directory.models.units import Succession, Unit, UnitCode, UnitCodeQuerySet, UnitQuerySet

__all__ = [
    "AGENCY_ROLES",
    "Delegation",
    "FailedSignIn",
    "Organisation",
    "Person",
    "PersonManager",
    "PersonQuerySet",
    "Post",
    "PostQuerySet",
    "Reading",
    "Representation",
    "Role",
    "Succession",
    "Token",
    "Unit",
    "UnitCode",
    "UnitCodeQuerySet",
    "UnitQuerySet",
]
