"""Signing in with a password and a second factor: what we change of django-allauth's.

There is no self-registration, no e-mail address to prove and no reset by e-mail: officials get their account and,
when they lose a password or a second factor, a new one from an administrator; citizens come from the national e-ID.
"""

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm
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
SIGNED_IN_AT, FRESH = "signed_in_at", 300


def address_of(request: HttpRequest) -> str:
    trusted = settings.ENV.trusted_proxies.split(",")
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), trusted)


SENTENCES = {
    "account/messages/password_changed.txt": _("Đã đổi mật khẩu."),
    "mfa/messages/totp_activated.txt": _("Đã bật ứng dụng tạo mã."),
    "mfa/messages/totp_deactivated.txt": _("Đã tắt ứng dụng tạo mã."),
    "mfa/messages/recovery_codes_generated.txt": _("Đã tạo bộ mã dự phòng mới; bộ cũ hết hiệu lực."),
    "mfa/messages/webauthn_added.txt": _("Đã thêm khóa bảo mật."),
    "mfa/messages/webauthn_removed.txt": _("Đã xóa khóa bảo mật."),
}


WAYS = {
    "reauthenticate": _("Dùng mật khẩu"),
    "mfa_reauthenticate": _("Dùng mã trên ứng dụng hoặc mã dự phòng"),
    "mfa_reauthenticate:webauthn": _("Dùng khóa bảo mật"),
}


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
        # Whoever signed in a moment ago has just proved it; and before the first second factor there is nothing to protect.
        request = context.request
        if now().timestamp() - request.session.get(SIGNED_IN_AT, 0) < FRESH:
            return False
        if app == "allauth.mfa" and not Authenticator.objects.filter(user_id=request.user.pk).exists():
            return False
        return super().is_reauthentication_required(app=app, **options)

    def get_reauthentication_methods(self, user) -> list[dict]:
        return [way | {"description": WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def post_login(self, request, user, **options):
        forget_failures(user.username)
        request.session[SIGNED_IN_AT] = now().timestamp()
        log.info("signed in", person=user.pk, kind=user.kind, address=address_of(request))
        return super().post_login(request, user, **options)

    def get_login_redirect_url(self, request) -> str:
        return settings.OFFICIALS_START if request.user.is_official else settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request) -> str:
        return request.session.pop("after_own_password", "") or self.get_login_redirect_url(request)

    def send_notification_mail(self, *args, **options) -> None:
        """Leave letters to the messaging room."""

    def add_message(self, request, level, message_template=None, *args, message=None, **options) -> None:
        """Say our own sentences; what has none here ("Signed in as …") tells nobody anything."""
        sentence = message or SENTENCES.get(message_template)
        if sentence:
            super().add_message(request, level, message=str(sentence))


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


class OwnPasswordForm(ChangePasswordForm):
    def clean(self):
        cleaned = super().clean()
        if self.cleaned_data.get("password1") and self.data.get("password1") != self.data.get("password2"):
            self.errors["password2"] = self.error_class([_("Hai lần nhập mật khẩu mới không giống nhau.")])
        return cleaned
