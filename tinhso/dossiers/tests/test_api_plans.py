"""Lists read as many rows as they show: looked at with twenty thousand dossiers of forty agencies."""

import json

import pytest
from django.db import connection

from tinhso.directory.models import Unit
from tinhso.dossiers.queries.register import Wanted, register
from tinhso.dossiers.testing import SINCE, at, build_office, filed, publish

ROWS, AGENCIES = 20_000, 40


@pytest.fixture
def many(db):
    """Copy one dossier many times, its agencies, statuses and days in turn."""
    office = build_office()
    pattern = filed(office, publish())
    agencies = Unit.objects.bulk_create(Unit(kind=Unit.Kind.COMMUNE, name=f"UBND xã số {n}", valid_from=SINCE) for n in range(AGENCIES))
    Unit.objects.filter(pk__in=[unit.pk for unit in agencies]).update(agency_id=office.commune.pk)
    names = [field.column for field in pattern._meta.concrete_fields if field.column != "id"]
    own = {
        "code": "'H47-' || n",
        "reference": "'r' || n",
        "solving_agency_id": f"%(first)s + n %% {AGENCIES}",
        "status": "(ARRAY[1, 2, 4, 9, 10])[1 + n %% 5]",
        "received_at": "CASE WHEN n %% 5 > 0 THEN filed_at END",
        "finished_at": "CASE WHEN n %% 5 > 2 THEN filed_at END",
        "returned_at": "CASE WHEN n %% 5 > 3 THEN filed_at END",
        "due_at": "CASE WHEN n %% 5 BETWEEN 1 AND 3 THEN filed_at + n * interval '1 minute' END",
        "updated_at": "filed_at + n * interval '1 minute'",
        "filing_key": "NULL::uuid",
    }
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(own.get(name, f'"{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dossiers_dossier ({columns}) SELECT {values} FROM dossiers_dossier, generate_series(1, {ROWS}) n",  # noqa: S608
            {"first": agencies[0].pk},
        )
        cursor.execute("ANALYZE dossiers_dossier")
    return [unit.pk for unit in agencies]


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


ASKED = {
    "newest of one": {"sort": "newest"},
    "newest of all": {"sort": "newest", "every": True},
    "one status": {"statuses": [4]},
    "three statuses of all": {"statuses": [1, 2, 4], "every": True},
    "next page": {"after_id": 10_000},
    "late": {"sort": "due", "overdue_at": at("2024-04-20 09:00")},
    "changed": {"sort": "updated", "updated_since": at("2024-04-20 09:00"), "every": True},
    "changed, next page": {"sort": "updated", "after_moment": at("2024-04-20 09:00"), "after_id": 7},
    "at the desk": {"side": "receiving"},
}


def plan_of(wanted: Wanted) -> dict:
    seen = []

    def explained(execute, statement, given, many, context):
        with connection.cursor() as cursor:
            # Rows that a rolled-back test left behind may have misled the statistics since.
            cursor.cursor.execute("ANALYZE dossiers_dossier")
            # So few rows may be sorted as cheaply as read in order; the question here is whether an index gives the order at all.
            cursor.cursor.execute("SET LOCAL enable_sort = off")
            cursor.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
            seen.append(cursor.cursor.fetchone()[0])
        return execute(statement, given, many, context)

    with connection.execute_wrapper(explained):
        rows = register(wanted)
    assert len({row["code"] for row in rows}) == len(rows) <= wanted.limit + 1
    [plan] = seen
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]


def test_pages_are_read_from_indexes(many):
    slow = {}
    for name, asked in ASKED.items():
        every = asked.get("every")
        wanted = Wanted(agencies=many if every else many[:1], **{name: value for name, value in asked.items() if name != "every"})
        touched = [node for node in nodes(plan_of(wanted)) if node.get("Relation Name") == "dossiers_dossier"]
        kinds = {node["Node Type"] for node in touched} - {"Index Scan", "Index Only Scan"}
        read = max(node["Actual Rows"] * node["Actual Loops"] for node in touched)
        if kinds or read > (wanted.limit + 1) * (AGENCIES * 3 if every else 1):
            slow[name] = kinds, read
    assert slow == {}
