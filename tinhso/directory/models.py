"""Who there is: agencies and units with their dates, people, posts, delegations."""

import re
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from tinhso.kernel.folding import fold, sort_key, tidy
from tinhso.kernel.vault import SealedField, blind_index, mask


class UnitQuerySet(models.QuerySet["Unit"]):
    def on(self, day: date):
        """Return the units that exist on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def agencies(self):
        return self.filter(kind__in=[Unit.Kind.PROVINCE, Unit.Kind.DEPARTMENT, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE, Unit.Kind.CENTRE])


class Unit(models.Model):
    """An agency, a division of one, or its one-stop desk, for as long as it exists."""

    class Kind(models.TextChoices):
        PROVINCE = "province", "UBND tỉnh"
        DEPARTMENT = "department", "sở, ban, ngành"
        DISTRICT = "district", "UBND cấp huyện"
        COMMUNE = "commune", "UBND cấp xã"
        CENTRE = "centre", "trung tâm phục vụ hành chính công"
        DIVISION = "division", "phòng, bộ phận chuyên môn"
        DESK = "desk", "Bộ phận Một cửa"

    kind = models.CharField("loại", max_length=12, choices=Kind)
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên ngắn", max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="cấp trên")
    # The agency a division or desk belongs to; an agency points at itself.
    agency = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name="cơ quan")
    # What kind of work it does ("tu-phap", "dat-dai"…): routes name a field, not a unit.
    fields = models.JSONField("lĩnh vực", default=list, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    folded_name = models.CharField(max_length=200, editable=False, default="")
    sort_name = models.CharField(max_length=2000, editable=False, default="", db_collation="C")
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        constraints = [
            models.CheckConstraint(name="unit_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))),
        ]
        indexes = [models.Index(fields=["kind", "sort_name"], name="unit_by_kind")]

    def __str__(self):
        return self.name

    def save(self, *args, **options):
        self.name = tidy(self.name)
        self.folded_name, self.sort_name = fold(self.name), sort_key(self.name)
        super().save(*args, **options)

    @property
    def event_agency_id(self):
        return self.agency_id or self.pk

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


class UnitCodeQuerySet(models.QuerySet["UnitCode"]):
    def held_on(self, day: date):
        """Return the codes as they were given out on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))


class UnitCode(models.Model):
    """A code of a unit in one system, for a time. A code means nothing without a date."""

    class System(models.TextChoices):
        GSO = "gso", "mã đơn vị hành chính (Tổng cục Thống kê)"
        QD20 = "qd20", "mã định danh điện tử (QĐ 20/2020)"
        QCVN102 = "qcvn102", "mã định danh cũ (QCVN 102:2016)"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="codes", verbose_name="đơn vị")
    system = models.CharField("hệ mã", max_length=8, choices=System)
    code = models.CharField("mã", max_length=35)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    # Where the code comes from when it is not an official one ("mã minh họa").
    note = models.CharField("ghi chú", max_length=120, blank=True)

    objects = UnitCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "mã đơn vị"
        constraints = [models.UniqueConstraint(name="one_code_from_a_day", fields=["system", "code", "valid_from"])]
        indexes = [models.Index(fields=["system", "code"], name="unit_by_code")]

    def __str__(self):
        return self.code


class Succession(models.Model):
    """A unit's work goes to another on a day; `partly` when only a share of it does."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins", verbose_name="đơn vị mới")
    on = models.DateField("ngày")
    partly = models.BooleanField("chỉ một phần", default=False)
    # The successor that takes open dossiers where the predecessor was split.
    takes_open_work = models.BooleanField("nhận hồ sơ đang giải quyết", default=True)
    # When the other rooms were told, on the day or after it.
    announced_at = models.DateTimeField("báo lúc", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "kế thừa đơn vị"
        constraints = [models.UniqueConstraint(name="one_succession_per_pair", fields=["predecessor", "successor", "on"])]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


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


class Role(models.TextChoices):
    """What a post lets one do in its unit. Rights over data follow from the role and the unit's agency."""

    CLERK = "clerk", "cán bộ tiếp nhận và trả kết quả"
    SPECIALIST = "specialist", "chuyên viên thụ lý"
    DIVISION_HEAD = "division_head", "trưởng phòng"
    LEADER = "leader", "lãnh đạo cơ quan"
    RECORDS = "records", "văn thư (đóng dấu cơ quan)"
    SUPERVISOR = "supervisor", "cán bộ kiểm soát thủ tục hành chính"
    CATALOGUER = "cataloguer", "người quản lý danh mục thủ tục"
    ADMINISTRATOR = "administrator", "quản trị người dùng"
    OPERATOR = "operator", "vận hành hệ thống (không xem dữ liệu nghiệp vụ)"
    AUDITOR = "auditor", "kiểm toán, thanh tra"


# Roles that act for their whole agency, wherever in it their post is.
AGENCY_ROLES = frozenset({Role.LEADER, Role.RECORDS})


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: date):
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))


class Post(models.Model):
    """A person holds a role in a unit, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="người")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="đơn vị")
    role = models.CharField("vai trò", max_length=14, choices=Role)
    title = models.CharField("chức danh", max_length=120, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "vị trí công tác"
        constraints = [
            models.UniqueConstraint(name="one_post_from_a_day", fields=["person", "unit", "role", "valid_from"]),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_by_unit_role")]

    def __str__(self):
        return f"{self.person}, {self.get_role_display()}, {self.unit}"


class Delegation(models.Model):
    """The holder of a post lets another act in it for a time (ủy quyền, phân công thay)."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="delegations", verbose_name="vị trí")
    delegate = models.ForeignKey(Person, models.PROTECT, related_name="delegations", verbose_name="người được ủy quyền")
    first = models.DateField("từ ngày")
    last = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=300)
    document = models.CharField("văn bản ủy quyền", max_length=120, blank=True)
    # The power to sign results is lent only where the delegation names it.
    may_sign = models.BooleanField("được ký thay", default=False)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ủy quyền"
        constraints = [models.CheckConstraint(name="delegation_days_in_order", condition=Q(last__gte=F("first")))]

    def __str__(self):
        return f"{self.post} → {self.delegate}"

    def runs_on(self, day: date) -> bool:
        return self.revoked_at is None and self.first <= day <= self.last

    def is_coming(self, day: date) -> bool:
        return self.revoked_at is None and self.first > day


class Reading(models.Model):
    """Somebody read a citizen's record: the citizen sees who, when and why."""

    citizen = models.ForeignKey(Person, models.CASCADE, related_name="readings_of_me", verbose_name="công dân")
    reader = models.ForeignKey(Person, models.PROTECT, related_name="readings", verbose_name="người xem")
    agency = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="cơ quan")
    what = models.CharField("dữ liệu", max_length=120)
    purpose = models.CharField("mục đích", max_length=200)
    dossier_code = models.CharField("mã hồ sơ", max_length=60, blank=True)
    at = models.DateTimeField("lúc", db_default=Now())

    class Meta:
        verbose_name = "lượt xem dữ liệu cá nhân"
        indexes = [models.Index(fields=["citizen", "-at"], name="reading_of_citizen")]

    def __str__(self):
        return f"{self.reader} xem {self.what}"


class Token(models.Model):
    """The key of an outside system to the API; only its hash is kept."""

    system = models.ForeignKey(Person, models.CASCADE, related_name="tokens", verbose_name="hệ thống")
    label = models.CharField("tên", max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("phạm vi", default=list)
    created_at = models.DateTimeField("tạo lúc", db_default=Now(), editable=False)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người tạo")
    agencies = models.ManyToManyField(Unit, blank=True, verbose_name="cơ quan được phép")
    expires_at = models.DateTimeField("hết hạn", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi", null=True, blank=True)

    class Meta:
        verbose_name = "mã truy cập API"

    def __str__(self):
        return self.label

    def is_live(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)


class FailedSignIn(models.Model):
    """A sign-in that failed: what the lock-out counts. Kept a day, then removed."""

    # HMAC of the user name, so that a password typed into the wrong field is not kept.
    account = models.CharField("tài khoản", max_length=40)
    address = models.CharField("địa chỉ mạng", max_length=45)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lần đăng nhập hỏng"
        indexes = [
            models.Index(fields=["account", "at"], name="failure_of_account"),
            models.Index(fields=["address", "at"], name="failure_of_address"),
        ]

    def __str__(self):
        return f"{self.at} {self.address}"
