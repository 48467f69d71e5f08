"""Lists of dossiers for other systems: a page at a time, in the order of an index, without counting and without personal data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from tinhso.dossiers.models import Channel, Delivery, Money, Status

COLUMNS = """d.id, d.code, d.reference, p.code AS procedure_code, v.name AS procedure_name, d.channel,
 d.receiving_unit_id, ru.name AS receiving_unit, d.solving_agency_id, sa.name AS solving_agency,
 (SELECT c.code FROM directory_unitcode c WHERE c.unit_id = d.solving_agency_id AND c.system = 'qd20'
  ORDER BY c.valid_from DESC LIMIT 1) AS agency_code,
 d.status, d.money, d.delivery, d.filed_at, d.check_due_at, d.received_at, d.promised_at, d.due_at, d.finished_at, d.returned_at,
 d.closed_reason, d.revision, d.updated_at"""
JOINS = """JOIN procedures_procedure p ON p.id = d.procedure_id JOIN procedures_procedureversion v ON v.id = d.version_id
 JOIN directory_unit ru ON ru.id = d.receiving_unit_id JOIN directory_unit sa ON sa.id = d.solving_agency_id"""

Sort = Literal["newest", "due", "updated"]
# For each order: what it sorts by, what comes after a cursor, and what its index leaves out.
ORDERS: dict[str, tuple[str, str, str]] = {
    "newest": ("d.id DESC", "d.id < %(id)s", "TRUE"),
    "due": (
        "d.due_at, d.id",
        "d.due_at >= %(moment)s AND (d.due_at, d.id) > (%(moment)s, %(id)s)",
        "d.finished_at IS NULL AND d.due_at IS NOT NULL",
    ),
    "updated": ("d.updated_at, d.id", "d.updated_at >= %(moment)s AND (d.updated_at, d.id) > (%(moment)s, %(id)s)", "TRUE"),
}
STATUS_NAMES = {status.value: status.label for status in Status}
NAMES = {kind: {one.value: one.label for one in kind} for kind in (Channel, Money, Delivery)}


@dataclass(frozen=True)
class Wanted:
    """Which dossiers, in which order, from where on."""

    agencies: Iterable[int]
    side: Literal["solving", "receiving"] = "solving"
    statuses: Iterable[int] = ()
    overdue_at: datetime | None = None
    updated_since: datetime | None = None
    sort: Sort = "newest"
    after_id: int | None = None
    after_moment: datetime | None = None
    limit: int = 20


def register(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the rows of a page and one more, if there is one.

    Of several agencies each gives its own first rows from its own index, and the best of these are the page: a filter over
    many at once would make the database sort all their dossiers.
    """
    order, after, holds = ORDERS[wanted.sort]
    conditions = [holds]
    if wanted.after_id is not None:
        conditions.append(after)
    if wanted.overdue_at:
        conditions.append("d.finished_at IS NULL AND d.due_at < %(overdue_at)s")
    if wanted.updated_since:
        conditions.append("d.updated_at >= %(since)s")
    statuses, agencies = sorted(set(wanted.statuses)), sorted(set(wanted.agencies))
    # A number in the words: with a parameter the database would plan each list anew, which costs more than reading it.
    limit = f"ORDER BY {order} LIMIT {int(wanted.limit) + 1}"
    chosen = "SELECT d.id, d.due_at, d.updated_at FROM dossiers_dossier d WHERE {} AND " + " AND ".join(conditions) + f" {limit}"  # noqa: S608
    if len(agencies) == 1 and len(statuses) < 2 and wanted.side == "solving":
        status = " AND d.status = %(status)s" if statuses else ""
        page = chosen.format(f"d.solving_agency_id = %(agency)s{status}")
    else:
        page = _of_each(chosen, wanted.side, bool(statuses)) + f" {limit}"
    # Put together from our own words only; what was asked travels as parameters.
    statement = f"SELECT {COLUMNS} FROM ({page}) AS page JOIN dossiers_dossier d ON d.id = page.id {JOINS} ORDER BY {order}"  # noqa: S608
    given = {
        "agency": agencies[0] if agencies else None,
        "agencies": agencies,
        "status": statuses[0] if statuses else None,
        "statuses": statuses,
        "overdue_at": wanted.overdue_at,
        "since": wanted.updated_since,
        "id": wanted.after_id,
        "moment": wanted.after_moment,
    }
    return [line(row) for row in rows_of(statement, given)]


def _of_each(chosen: str, side: str, by_status: bool) -> str:
    """Return the words that let every agency (or desk, or status of one) give its own first rows."""
    places, each = "unnest(%(agencies)s::bigint[]) AS place(id)", "d.solving_agency_id = place.id"
    desks = ""
    if side == "receiving":
        places, each = "directory_unit AS place", "d.receiving_unit_id = place.id"
        desks = " WHERE place.agency_id = ANY(%(agencies)s) AND place.kind = 'desk'"
    if by_status:
        places, each = f"{places} CROSS JOIN unnest(%(statuses)s::smallint[]) AS stands(at)", f"{each} AND d.status = stands.at"
    return f"SELECT d.id, d.due_at, d.updated_at FROM {places} CROSS JOIN LATERAL ({chosen.format(each)}) AS d{desks}"  # noqa: S608


def rows_of(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def line(row: dict[str, Any]) -> dict[str, Any]:
    """Return a dossier as lists show it."""
    return {
        "id": row["id"],
        "code": row["code"],
        "procedure": {"code": row["procedure_code"], "name": row["procedure_name"]},
        "channel": row["channel"],
        "channel_name": NAMES[Channel][row["channel"]],
        "receiving_unit": {"id": row["receiving_unit_id"], "name": row["receiving_unit"]},
        "agency": {"id": row["solving_agency_id"], "code": row["agency_code"], "name": row["solving_agency"]},
        "status": row["status"],
        "status_name": STATUS_NAMES[row["status"]],
        "money": row["money"],
        "money_name": NAMES[Money][row["money"]],
        "delivery": row["delivery"],
        "delivery_name": NAMES[Delivery][row["delivery"]],
        "filed_at": row["filed_at"],
        "check_due_at": row["check_due_at"],
        "received_at": row["received_at"],
        "promised_at": row["promised_at"],
        "due_at": row["due_at"],
        "finished_at": row["finished_at"],
        "returned_at": row["returned_at"],
        "closed_reason": row["closed_reason"],
        "revision": row["revision"],
        "updated_at": row["updated_at"],
    }
