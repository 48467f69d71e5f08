"""What waits for an official: queues sorted by legal due time, in pages that never count the whole table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from tinhso.directory.access import Hat, hats
from tinhso.directory.models import AGENCY_ROLES, Person, Role
from tinhso.dossiers.models import Dossier, Opinion, Status, Step

PAGE = 40
# Beyond this a number helps nobody: the menu says "999+".
COUNTED = 1000


@dataclass(frozen=True)
class Row:
    """One line of a queue."""

    pk: int
    code: str
    owner: str
    subject: str
    what: str
    due_at: datetime | None
    status: int
    assignee: str = ""
    unit: str = ""

    @property
    def status_name(self) -> str:
        return Status(self.status).label


@dataclass(frozen=True)
class Queue:
    """A queue: `rows` of the model, the column it is sorted by, and how a line is made of it."""

    key: str
    label: str
    icon: str
    empty: str
    rows: QuerySet[Any]
    due: str
    columns: tuple[str, ...]
    line: Callable[..., Row]

    def count(self) -> int:
        return self.rows.order_by()[:COUNTED].count()

    def page(self, after: str = "") -> tuple[list[Row], str]:
        """Return a page of lines and the mark of the next one ("" at the end)."""
        rows = self.rows
        if after:
            moment, _, key = after.rpartition("|")
            pk = int(key) if key.isdigit() else 0
            if moment:
                at = datetime.fromisoformat(moment)
                later = Q(**{f"{self.due}__gt": at}) | Q(**{self.due: at, "pk__gt": pk}) | Q(**{f"{self.due}__isnull": True})
                rows = rows.filter(later)
            else:
                rows = rows.filter(**{f"{self.due}__isnull": True, "pk__gt": pk})
        found = list(rows.order_by(F(self.due).asc(nulls_last=True), "pk").values_list("pk", self.due, *self.columns)[: PAGE + 1])
        lines = [self.line(pk, due, *rest) for pk, due, *rest in found[:PAGE]]
        last = found[PAGE - 1] if len(found) > PAGE else None
        return lines, (f"{last[1].isoformat() if last[1] else ''}|{last[0]}" if last else "")


_DOSSIER = ("code", "owner_name", "subject", "status")
_OF_STEP = ("dossier__code", "dossier__owner_name", "dossier__subject", "dossier__status", "name", "assignee__full_name", "unit__name")
_OF_OPINION = ("dossier__code", "dossier__owner_name", "dossier__subject", "dossier__status", "question")


def _dossier_line(what: str) -> Callable[..., Row]:
    def line(pk, due, code, owner, subject, status) -> Row:
        return Row(pk, code, owner, subject, what, due, status)

    return line


def _step_line(pk, due, code, owner, subject, status, name, assignee, unit) -> Row:
    return Row(pk, code, owner, subject, name, due, status, assignee or "", unit)


def _opinion_line(pk, due, code, owner, subject, status, question) -> Row:
    return Row(pk, code, owner, subject, question, due, status)


def queues(person: Person) -> list[Queue]:
    """Return the queues of every hat that a person wears today, in the order of a day's work."""
    worn = hats(person)
    found: list[Queue] = []
    desks = {hat.unit_id for hat in worn if hat.role == Role.CLERK}
    if desks:
        at_desk = Dossier.objects.filter(receiving_unit_id__in=desks)
        found += [
            Queue("tiep-nhan", "Chờ tiếp nhận", "inbox", "Không có hồ sơ mới chờ tiếp nhận.", at_desk.filter(status=Status.FILED), "check_due_at", _DOSSIER, _dossier_line("Kiểm tra và tiếp nhận")),
            Queue("tra", "Chờ trả kết quả", "file-certificate", "Không có kết quả nào chờ trả.", at_desk.filter(status=Status.FINISHED), "finished_at", _DOSSIER, _dossier_line("Trả kết quả")),
        ]  # fmt: skip
    working = _steps(worn, {Role.SPECIALIST, Role.DIVISION_HEAD}).exclude(does__in=["sign", "stamp", "return"])
    if any(hat.role in (Role.SPECIALIST, Role.DIVISION_HEAD) for hat in worn):
        mine = working.filter(Q(assignee=person) | Q(assignee=None))
        found.append(
            Queue(
                "xu-ly",
                "Việc của tôi",
                "briefcase",
                "Không có việc nào đang chờ. Hồ sơ mới sẽ hiện ở đây.",
                mine,
                "legal_due_at",
                _OF_STEP,
                _step_line,
            )
        )
    if any(hat.role == Role.DIVISION_HEAD for hat in worn):
        units = {hat.unit_id for hat in worn if hat.role == Role.DIVISION_HEAD}
        others = Step.objects.open().filter(unit_id__in=units).exclude(assignee=None).exclude(assignee=person)
        found.append(
            Queue("cua-phong", "Phòng đang giữ", "users", "Phòng không giữ hồ sơ nào khác.", others, "legal_due_at", _OF_STEP, _step_line)
        )
    for role, does, key, label, icon, empty in (
        (Role.LEADER, "sign", "ky", "Chờ ký", "signature", "Không có kết quả nào chờ ký."),
        (Role.RECORDS, "stamp", "dong-dau", "Chờ đóng dấu", "rubber-stamp", "Không có kết quả nào chờ đóng dấu."),
    ):
        if any(hat.role == role for hat in worn):
            found.append(Queue(key, label, icon, empty, _steps(worn, {role}).filter(does=does), "legal_due_at", _OF_STEP, _step_line))
    if any(hat.role == Role.LEADER for hat in worn):
        approving = _steps(worn, {Role.LEADER}).exclude(does__in=["sign", "stamp", "return"])
        found.append(
            Queue(
                "duyet",
                "Chờ phân công, phê duyệt",
                "check",
                "Không có việc nào chờ phê duyệt.",
                approving,
                "legal_due_at",
                _OF_STEP,
                _step_line,
            )
        )
    agencies = {hat.agency_id for hat in worn if hat.role in (Role.LEADER, Role.DIVISION_HEAD, Role.SPECIALIST)}
    if agencies:
        asked = Opinion.objects.filter(agency_id__in=agencies, answered_at=None)
        found.append(
            Queue(
                "y-kien",
                "Cần cho ý kiến",
                "message-2",
                "Không có cơ quan nào đang chờ ý kiến.",
                asked,
                "due_at",
                _OF_OPINION,
                _opinion_line,
            )
        )
    if desks:
        waiting = Dossier.objects.filter(receiving_unit_id__in=desks, status__in=[Status.SUPPLEMENT, Status.FEE])
        found.append(
            Queue(
                "cho-dan",
                "Chờ người dân",
                "hourglass",
                "Không có hồ sơ nào chờ người dân.",
                waiting,
                "filed_at",
                _DOSSIER,
                _dossier_line("Chờ người nộp"),
            )
        )
    return found


def _steps(worn: tuple[Hat, ...], roles: set[Role]) -> QuerySet[Step]:
    """Return the open steps that the hats of some roles may do: agency-wide roles by agency, others by unit."""
    wanted = Q(pk__in=[])
    for role in roles:
        units = {hat.agency_id if role in AGENCY_ROLES else hat.unit_id for hat in worn if hat.role == role}
        if units:
            wanted |= Q(role=role, unit_id__in=units)
    return Step.objects.open().filter(wanted)
