"""Who acts in a post: its holder, and whoever it is lent to."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.access import administered_units, can_administer, hat_for
from tinhso.directory.events import PostLent, PostTakenBack
from tinhso.directory.models import Delegation, Person, Post, Role
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy


@transaction.atomic
def lend_post(
    post: Post, *, to: Person, first: date, last: date, reason: str, may_sign: bool, by: Person, at: datetime, document: str = ""
) -> Delegation:
    """Let another act in a post for a time: by its holder, or by an administrator when the holder cannot."""
    require(post.person_id == by.pk or _administers(by, post))
    if to.pk == post.person_id or to.kind != Person.Kind.OFFICIAL or not to.is_active:
        raise Refused("Xin chọn một cán bộ khác đang làm việc.", field="to")
    if last < first or last < localdate(at):
        raise Refused("Ngày kết thúc phải từ ngày bắt đầu trở đi và chưa qua.", field="last")
    if not tidy(reason):
        raise Refused("Xin ghi lý do: lý do được lưu cùng mọi việc làm thay.", field="reason")
    # What was lent is not lent on, and power to sign stays within the agency (NĐ 30/2020, art. 13).
    if may_sign and post.role == Role.LEADER and not hat_for(to, Role, agency_id=post.unit.agency_id or post.unit_id, day=first):
        raise Refused("Chỉ ủy quyền ký cho người trong cùng cơ quan.", field="to")
    lent = Delegation.objects.create(
        post=post, delegate=to, first=first, last=last, reason=tidy(reason), document=tidy(document), may_sign=may_sign
    )
    to.__dict__.pop("_hats", None)
    record(PostLent(str(post.person), str(to), f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}", may_sign, lent.reason), on=lent, by=by, at=at)
    return lent


@transaction.atomic
def take_back_post(lent: Delegation, *, by: Person, at: datetime) -> Delegation:
    lent = Delegation.objects.select_for_update().select_related("post__person", "delegate").get(pk=lent.pk)
    require(lent.post.person_id == by.pk or _administers(by, lent.post))
    if lent.revoked_at is None:
        lent.revoked_at = at
        lent.save(update_fields=["revoked_at"])
        record(PostTakenBack(str(lent.post.person), str(lent.delegate)), on=lent, by=by, at=at)
    return lent


def _administers(by: Person, post: Post) -> bool:
    return can_administer(by) and administered_units(by).filter(pk=post.unit_id).exists()
