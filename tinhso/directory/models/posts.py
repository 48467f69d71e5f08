"""Who holds which role in which unit, and who stands in."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from tinhso.directory.models.people import Person
from tinhso.directory.models.units import Unit


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
