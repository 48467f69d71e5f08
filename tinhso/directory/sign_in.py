"""Signing in with a password and a second factor: what we change of django-allauth's.

There is no self-registration, no e-mail address to prove and no reset by e-mail: officials get their account and,
when they lose a password or a second factor, a new one from an administrator; citizens come from the national e-ID.
"""

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from tinhso.directory.actions import begin_attempt, forget_failures, forgive_attempt
from tinhso.directory.models import Person
from tinhso.directory.rules import client_address
from tinhso.directory.second_factor import use_code
from tinhso.kernel.errors import Refused

log = structlog.get_logger("tinhso.sign_in")


def address_of(request: HttpRequest) -> str:
    trusted = settings.ENV.trusted_proxies.split(",")
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), trusted)


class Attempt:
    """A password or a code being tried; counted as failed unless `forgive` is called."""

    def __init__(self, account: str, request: HttpRequest):
        self.account, self.address = account, address_of(request)
        try:
            self.row = begin_attempt(account, address=self.address, at=now())
        except Refused as refusal:
            log.warning("sign-in locked out", address=self.address)
            raise ValidationError(refusal.sentence, code=refusal.code) from refusal

    def forgive(self) -> None:
        forgive_attempt(self.row)

    def fail(self, step: str) -> None:
        log.warning("sign-in failed", step=step, address=self.address)


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đã ngừng hoạt động."),
        "incorrect_code": _("Mã không đúng hoặc đã dùng."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "enter_current_password": _("Xin nhập mật khẩu hiện tại."),
        "username_password_mismatch": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "same_as_current": _("Mật khẩu mới phải khác mật khẩu hiện tại."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        return address_of(request)

    def authenticate(self, request, **credentials):
        attempt = Attempt(credentials.get("username", ""), request)
        person = super().authenticate(request, **credentials)
        if person is None:
            attempt.fail("password")
        else:
            attempt.forgive()
        return person

    def pre_authenticate(self, request, **credentials) -> None:
        """Do not count in a cache of this worker: `Attempt` counts in the database."""

    def _rollback_login_failed_rl_usage(self) -> None:
        pass

    def reauthenticate(self, user, password) -> bool:
        attempt = Attempt(user.username, context.request)
        known = user.check_password(password)
        if known:
            attempt.forgive()
        else:
            attempt.fail("password again")
        return known

    def is_reauthentication_required(self, *, app: str, **options) -> bool:
        # The first second factor follows a sign-in by password at once: there is nothing yet to protect.
        person = context.request.user
        if app == "allauth.mfa" and not Authenticator.objects.filter(user_id=person.pk).exists():
            return False
        return super().is_reauthentication_required(app=app, **options)

    def post_login(self, request, user, **options):
        forget_failures(user.username)
        log.info("signed in", person=user.pk, kind=user.kind, address=address_of(request))
        return super().post_login(request, user, **options)

    def get_login_redirect_url(self, request) -> str:
        return settings.OFFICIALS_START if request.user.is_official else settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request) -> str:
        return request.session.pop("after_own_password", "") or self.get_login_redirect_url(request)

    def send_notification_mail(self, *args, **options) -> None:
        """Leave letters to the messaging room."""

    def add_message(self, request, level, message_template=None, *args, **options) -> None:
        # "Signed in as …" on every sign-in tells nobody anything.
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *args, **options)


class _OneUse:
    """A code is tried once in the whole house, and a wrong one counts for the lock-out of the account."""

    user: Person
    cleaned_data: dict[str, str]

    def clean_code(self) -> str:
        attempt = Attempt(self.user.username, context.request)
        code = self.cleaned_data["code"]
        self.authenticator = use_code(self.user, code, moment=now().timestamp())
        if self.authenticator is None:
            attempt.fail("second factor")
            raise ValidationError(_("Mã không đúng hoặc đã dùng. Xin chờ mã mới trên ứng dụng rồi nhập lại."), code="incorrect_code")
        attempt.forgive()
        self.authenticator.user = self.user
        return code


class CodeForm(_OneUse, AuthenticateForm):
    pass


class CodeAgainForm(_OneUse, ReauthenticateForm):
    pass
