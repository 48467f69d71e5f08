"""Whoever acts: citizens, officials and programs, and the organisations they act for."""

import re

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from tinhso.kernel.folding import fold, tidy
from tinhso.kernel.vault import SealedField, blind_index, mask


class PersonQuerySet(models.QuerySet["Person"]):
    def officials(self):
        return self.filter(kind=Person.Kind.OFFICIAL)

    def officials_called(self, text: str):
        """Return officials whose name has a word beginning with each word typed, or whose user name begins with the text."""
        words = re.findall(r"[a-z0-9]+", fold(text))
        if not words:
            return self.officials().none() if text.strip() else self.officials()
        if re.search(r"[\d._-]", text):
            return self.officials().filter(username__startswith=text.strip().lower())
        # Written as the index is (`official_by_words`), with nothing in it that only becomes known when it runs.
        matches = RawSQL(
            "\"directory_person\".\"kind\" = 'official' AND to_tsvector('simple'::regconfig, "
            "COALESCE(\"directory_person\".\"folded_name\", '')) @@ to_tsquery('simple', %s)",
            [" & ".join(f"{word}:*" for word in words)],
            output_field=models.BooleanField(),
        )
        return self.filter(matches)


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username):
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Anyone who acts: a citizen, an official, or a program (`kind=system`)."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "công dân"
        OFFICIAL = "official", "cán bộ, công chức"
        SYSTEM = "system", "hệ thống"

    kind = models.CharField("loại", max_length=8, choices=Kind)
    username = models.CharField("tên đăng nhập", max_length=150, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    folded_name = models.CharField(max_length=120, editable=False, default="")
    email = models.EmailField("thư điện tử", blank=True)
    phone = SealedField("số điện thoại")
    # Số định danh cá nhân, 12 digits; sealed, found by its blind index.
    personal_number = SealedField("số định danh cá nhân")
    personal_number_index = models.CharField(max_length=40, blank=True, default="", editable=False)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    address = SealedField("địa chỉ")
    # Level of assurance of the last sign-in through the national e-ID (0 = none, 1, 2).
    assurance = models.PositiveSmallIntegerField("mức độ định danh", default=0)
    eid_subject = models.CharField("mã tài khoản định danh", max_length=120, blank=True, default="")
    is_active = models.BooleanField("còn hoạt động", default=True)
    # Part of every session's hash: one more, and all sessions of the person end at their next request.
    session_round = models.PositiveIntegerField(default=0, editable=False)
    # Set while the password is one that an administrator gave; its owner must choose another.
    password_given_at = models.DateTimeField("mật khẩu tạm cấp lúc", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = PersonManager()

    class Meta:
        verbose_name = "người"
        constraints = [
            models.UniqueConstraint(
                name="one_citizen_per_number", fields=["personal_number_index"], condition=Q(kind="citizen") & ~Q(personal_number_index="")
            ),
            models.UniqueConstraint(name="one_person_per_eid", fields=["eid_subject"], condition=~Q(eid_subject="")),
        ]
        indexes = [
            # Officials are found by the beginnings of the words of their names.
            GinIndex(SearchVector("folded_name", config="simple"), name="official_by_words", condition=Q(kind="official")),
            models.Index(fields=["kind", "folded_name", "id"], name="person_by_kind_and_name"),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, **options):
        self.full_name = tidy(self.full_name)
        self.folded_name = fold(self.full_name)
        self.personal_number_index = blind_index(self.personal_number, "personal-number")
        super().save(*args, **options)

    def get_session_auth_hash(self):
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self):
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | None) -> str:
        return salted_hmac("directory.session", f"{self.password}\0{self.session_round}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def masked_number(self):
        return mask(self.personal_number)

    @property
    def masked_phone(self):
        return mask(self.phone)

    @property
    def is_citizen(self):
        return self.kind == Person.Kind.CITIZEN

    @property
    def is_official(self):
        return self.kind == Person.Kind.OFFICIAL


class Organisation(models.Model):
    """An enterprise, cooperative or household business that files dossiers."""

    tax_code = models.CharField("mã số thuế", max_length=14, unique=True)
    name = models.CharField("tên", max_length=200)
    address = models.CharField("địa chỉ", max_length=300, blank=True)

    class Meta:
        verbose_name = "tổ chức"

    def __str__(self):
        return self.name


class Representation(models.Model):
    """A person may act for an organisation, from a day to a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="representations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="representatives")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    class Meta:
        verbose_name = "người đại diện"

    def __str__(self):
        return f"{self.person} – {self.organisation}"
