"""What the directory does when a password was changed, or a second factor was used or set up."""

import time

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from django.dispatch import receiver

from tinhso.directory.actions import own_password
from tinhso.directory.second_factor import PERIOD, SEEN


@receiver(password_changed)
def remember_that_it_is_their_own(request, user, **facts):
    own_password(user)


@receiver(authenticator_used)
def remember_that_it_was_seen(request, user, **facts):
    request.session[SEEN] = user.pk


@receiver(authenticator_added)
def remember_that_it_was_set_up(request, user, authenticator, **facts):
    request.session[SEEN] = user.pk
    if authenticator.type == Authenticator.Type.TOTP:
        # The code that proved the set-up is spent.
        authenticator.data["last_step"] = int(time.time() // PERIOD)
        authenticator.save(update_fields=["data"])
