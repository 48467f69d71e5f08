"""For the tests of all rooms: signing in without typing."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from tinhso.directory.models import Person
from tinhso.directory.second_factor import SEEN


def sign_in(client, person: Person) -> Person:
    """Sign a person in to a Django test client, second factor shown, as at a real sign-in."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(person)
    return person


def session_for(person: Person) -> str:
    """Return the key of a new session of a person: the value of the cookie `sessionid` for browsers."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[SEEN] = person.pk
    session.save()
    return session.session_key
