"""The second factor of officials (one-time codes, passkeys): what we change of django-allauth's.

Secrets are sealed at rest, a code is good for one use in any worker, failures count for the same lock-out
as wrong passwords.
"""

import hmac
import struct
import time
from base64 import b32decode
from hashlib import sha1

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from tinhso.kernel.vault import seal, unseal

_CONTEXT = "mfa.secret"
PERIOD = 30
# Clocks of telephones differ: the code before and the code after are taken too.
TOLERANCE = 1
# The session remembers whose second factor it has seen.
SEEN = "second_factor_of"


def seal_secret(secret: str) -> str:
    return seal(secret, _CONTEXT)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Tài khoản cán bộ phải luôn có xác thực hai lớp: xin thêm cách khác trước khi xóa cách này.",
        "cannot_generate_recovery_codes": "Cần bật xác thực hai lớp trước khi tạo mã dự phòng.",
        "incorrect_code": "Mã không đúng hoặc đã dùng. Xin chờ mã mới trên ứng dụng rồi nhập lại.",
    }

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, _CONTEXT)

    def get_totp_issuer(self) -> str:
        return f"Tỉnh Số {settings.ENV.province_name}"

    def _get_user_identifier(self, user) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return "Tỉnh Số"

    def can_delete_authenticator(self, authenticator) -> bool:
        kind = type(authenticator)
        if authenticator.type == kind.Type.RECOVERY_CODES:
            return True
        strong = kind.objects.filter(user_id=authenticator.user_id).exclude(type=kind.Type.RECOVERY_CODES)
        return strong.count() > 1

    def generate_authenticator_name(self, user, type) -> str:
        return f"Khóa {user.authenticator_set.filter(type=type).count() + 1}"


def code_at(secret: str, counter: int) -> str:
    """Return the six digits of RFC 6238 for a step of 30 seconds."""
    digest = hmac.new(b32decode(secret, casefold=True), struct.pack(">Q", counter), sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def current_code(secret: str, moment: float | None = None) -> str:
    return code_at(secret, int((moment if moment is not None else time.time()) // PERIOD))


@transaction.atomic
def use_code(person, code: str, *, moment: float) -> Authenticator | None:
    """Return the authenticator that a code belongs to and spend the code; None if it is wrong or spent.

    The step of the last code is kept with the secret, under a lock: every worker refuses it, and any older one.
    """
    digits = "".join(code.split())
    kinds = Authenticator.Type
    for authenticator in Authenticator.objects.select_for_update().filter(user=person, type__in=[kinds.TOTP, kinds.RECOVERY_CODES]):
        if authenticator.type == kinds.RECOVERY_CODES:
            if authenticator.wrap().validate_code(digits):
                return authenticator
        elif spend_step(authenticator, digits, moment):
            return authenticator
    return None


def spend_step(authenticator: Authenticator, digits: str, moment: float) -> bool:
    secret = unseal(authenticator.data["secret"], _CONTEXT)
    now = int(moment // PERIOD)
    fitting = [
        step for step in range(now - TOLERANCE, now + TOLERANCE + 1) if hmac.compare_digest(code_at(secret, step).encode(), digits.encode())
    ]
    if not fitting or fitting[-1] <= authenticator.data.get("last_step", -1):
        return False
    authenticator.data["last_step"] = fitting[-1]
    authenticator.save(update_fields=["data"])
    return True


def has_second_factor(person) -> bool:
    return Authenticator.objects.filter(user_id=person.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
