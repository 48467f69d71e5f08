"""Writing the rows: the plans go in by COPY, the database multiplies them.

Indexes and foreign keys are taken off while millions of rows come and built anew afterwards, all in one transaction:
half as much time, and nothing half-done.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from tinhso.directory.models import Person
from tinhso.dossiers.history.plans import Plan
from tinhso.dossiers.models import Dossier, Paper, Result, Step
from tinhso.kernel.folding import fold
from tinhso.kernel.vault import blind_index
from tinhso.kernel.working_time import ZONE

TABLES = ("dossiers_dossier", "dossiers_paper", "dossiers_step", "dossiers_result")
CITIZENS = 5_000
YEARS_BACK = 2
FAMILY = "Nguyễn Trần Lê Phạm Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLE = "Văn Thị Minh Thanh Ngọc Quốc Hữu Thu Đức Kim Bảo Gia".split()
GIVEN = "An Bình Châu Dũng Giang Hà Hạnh Hiếu Hoa Hùng Khánh Lan Linh Long Mai Nam Nga Phúc Quân Sơn Tâm Thảo Trang Tuấn Vy Yến".split()


def fill(plans: list[Plan], dossiers: int, *, now: datetime) -> tuple[int, int]:
    """Write a past of so many dossiers and return the first and the last of their numbers."""
    citizens = make_citizens()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL synchronous_commit = on")
        _copy_plans(cursor, plans, citizens)
        with without_indexes(cursor, TABLES) if dossiers > 20_000 else _as_it_is():
            first, last = _dossiers(cursor, dossiers, now)
            for statement in (PAPERS, STEPS, RESULTS):
                cursor.execute(statement, {"now": now, "first": first, "last": last})
            # Later codes of the same days go on from here.
            cursor.execute(COUNTERS, {"first": first, "last": last})
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
    return first, last


def make_citizens() -> list[tuple[int, str]]:
    """Return people who file, made the first time."""
    known = list(Person.objects.filter(username__startswith="lichsu.").order_by("pk").values_list("pk", "full_name"))
    if known:
        return known
    chance = random.Random(49)  # noqa: S311
    people = []
    for number in range(CITIZENS):
        name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"
        digits = f"0491{chance.randrange(10, 99)}{number:06d}"
        person = Person(kind=Person.Kind.CITIZEN, username=f"lichsu.{number}", full_name=name, folded_name=fold(name), assurance=2)
        person.personal_number, person.personal_number_index = digits, blind_index(digits, "personal-number")
        person.set_unusable_password()
        people.append(person)
    Person.objects.bulk_create(people, batch_size=1000)
    return [(person.pk, person.full_name) for person in people]


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def without_indexes(cursor, tables: Iterable[str]) -> Iterator[None]:
    """Take off what slows writing, and put the very same back."""
    again: list[str] = []
    for table in tables:
        cursor.execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype DESC, conname""",
            [table],
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        cursor.execute(
            """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN
            (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)""",
            [table, table],
        )
        for name, definition in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
            again.append(definition)
        again += [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for name, definition in constraints]
    yield
    # References are checked by the rows of the same transaction: nothing may wait for its end.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in sorted(again, key=lambda text: "FOREIGN KEY" in text):
        cursor.execute(statement)


def sealed(model: type, field: str, values: Iterable[Any]) -> list[str]:
    """Return values as a sealed column keeps them."""
    return [model._meta.get_field(field).get_prep_value(value) for value in values]  # type: ignore[attr-defined]


def _copy(cursor, table: str, columns: str, rows: Iterable[tuple]) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")


def _copy_plans(cursor, plans: list[Plan], citizens: list[tuple[int, str]]) -> None:
    total, passed, rows = sum(plan.weight for plan in plans), 0.0, []
    for number, plan in enumerate(plans, 1):
        ids = (plan.version_id, plan.procedure_id, plan.desk_id, plan.agency_id, plan.clerk_id, plan.leader_id)
        rows.append((number, *ids, plan.name, plan.series, plan.calendar_days, len(plan.steps), passed))
        passed += plan.weight / total
    _copy(
        cursor,
        "plan",
        """number int, version_id bigint, procedure_id bigint, desk_id bigint, agency_id bigint, clerk_id bigint, leader_id bigint,
        name text, series text, days float8, steps int, since float8""",
        rows,
    )
    _copy(
        cursor,
        "plan_step",
        "plan int, place int, key text, name text, does text, unit_id bigint, role text, person_id bigint, begins float8, ends float8",
        (
            (number, place, step.key, step.name, step.does, step.unit_id, step.role, step.person_id, step.begins, step.ends)
            for number, plan in enumerate(plans, 1)
            for place, step in enumerate(plan.steps, 1)
        ),
    )
    _copy(
        cursor,
        "plan_paper",
        "plan int, component text, name text",
        ((number, *paper) for number, plan in enumerate(plans, 1) for paper in plan.papers),
    )
    count = len(citizens)
    _copy(
        cursor,
        "filer",
        "number int, person_id bigint, name text, digits text, phone text, address text, answers text, content text",
        zip(
            range(count),
            (pk for pk, _ in citizens),
            (name for _, name in citizens),
            sealed(Dossier, "owner_number", (f"0491{pk % 90 + 10}{pk % 1_000_000:06d}" for pk, _ in citizens)),
            sealed(Dossier, "phone", (f"0905{pk % 1_000_000:06d}" for pk, _ in citizens)),
            sealed(Dossier, "address", (f"Số {pk % 200 + 1}, thôn {pk % 12 + 1}" for pk, _ in citizens)),
            sealed(Dossier, "answers", ({"ghi-chu": f"Đề nghị giải quyết {pk}"} for pk, _ in citizens)),
            sealed(Result, "content", ({"body": "Đồng ý theo đề nghị."} for _ in citizens)),
            strict=True,
        ),
    )


def _dossiers(cursor, dossiers: int, now: datetime) -> tuple[int, int]:
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    facts = {"dossiers": dossiers, "today": today, "now": now, "span": YEARS_BACK * 365, "citizens": CITIZENS}
    cursor.execute("SELECT coalesce(max(id), 0) FROM dossiers_dossier")
    before = cursor.fetchone()[0]
    cursor.execute("SELECT setseed(%s)", [before % 1000 / 1000])
    cursor.execute(DOSSIERS, facts)
    cursor.execute("SELECT min(id), max(id) FROM dossiers_dossier WHERE id > %s", [before])
    return cursor.fetchone()


# The fate of a dossier is one random number: 3 % are refused, 2 % withdrawn, 1 % stopped, 1 % forgotten and late, the rest
# finished in 30–105 % of their time; who files today has not finished yet. Numbers of a day follow those given already.
DOSSIERS = """
WITH drawn AS MATERIALIZED (
    SELECT n, random() AS where_, random() AS fate, random() AS pace, random() AS clock, random() AS way, random() AS who,
           %(today)s::timestamptz - make_interval(days => 1 + floor(%(span)s * random())::int) AS day
    FROM generate_series(1, %(dossiers)s) AS n
), weekdays AS MATERIALIZED (
    SELECT *, day - CASE extract(isodow FROM day AT TIME ZONE 'Asia/Ho_Chi_Minh') WHEN 6 THEN interval '1 day' WHEN 7 THEN interval '2 days'
                    ELSE interval '0' END + interval '7 hours 30 minutes' + clock * interval '8 hours' AS filed
    FROM drawn
), bounds AS MATERIALIZED (
    SELECT array_agg(since ORDER BY number) AS edges FROM plan
), placed AS MATERIALIZED (
    SELECT w.*, p.*, to_char(w.filed AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYMMDD') AS yymmdd,
           w.filed + w.pace * interval '90 minutes' AS taken
    FROM weekdays w CROSS JOIN bounds b JOIN plan p ON p.number = width_bucket(w.where_, b.edges)
), timed AS MATERIALIZED (
    SELECT d.*, d.taken + d.days * interval '1 day' AS due,
           d.taken + greatest(d.days * (0.3 + 0.75 * d.pace), 0.02) * interval '1 day' AS ready,
           row_number() OVER (PARTITION BY d.series, d.yymmdd ORDER BY d.filed, d.n) AS row
    FROM placed d
), fated AS (
    SELECT t.*, CASE
        WHEN taken > %(now)s OR (fate < 0.03 AND taken + interval '2 hours' > %(now)s) THEN 1
        WHEN fate < 0.03 THEN 3
        WHEN fate < 0.04 AND taken + interval '20 days' < %(now)s THEN 4
        WHEN ready > %(now)s THEN 4
        WHEN fate < 0.06 THEN 7
        WHEN fate < 0.07 THEN 8
        WHEN ready + interval '1 day' > %(now)s THEN 9
        ELSE 10 END AS status
    FROM timed t
)
INSERT INTO dossiers_dossier (code, reference, procedure_id, version_id, "case", channel, receiving_unit_id, solving_agency_id, applicant_id,
    owner_kind, owner_name, owner_number, phone, email, address, subject, answers, status, money, delivery, wants_post, verified_account,
    filed_at, check_due_at, received_at, promised_at, due_at, finished_at, returned_at, waiting_steps, closed_reason, revision, updated_at)
SELECT f.series || '-' || f.yymmdd || '-' || lpad((f.row + coalesce(c.value, 0))::text, 4, '0'),
    left(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/', '-_'), 20),
    f.procedure_id, f.version_id, 'chung', CASE WHEN f.way < 0.55 THEN 'online' WHEN f.way < 0.97 THEN 'counter' ELSE 'post' END,
    f.desk_id, f.agency_id, p.person_id, 0, p.name, p.digits, p.phone, '', p.address, f.name, p.answers, f.status, 'none',
    CASE f.status WHEN 9 THEN 'ready' WHEN 10 THEN 'handed' ELSE 'none' END, f.way > 0.9, f.way < 0.55,
    f.filed, CASE WHEN f.status = 1 THEN f.filed + interval '1 day' END,
    CASE WHEN f.status NOT IN (1, 3) THEN f.taken END,
    CASE WHEN f.status NOT IN (1, 3) THEN f.due END,
    CASE WHEN f.status IN (4, 9, 10) THEN f.due END,
    CASE f.status WHEN 3 THEN f.taken + interval '2 hours' WHEN 1 THEN NULL WHEN 4 THEN NULL ELSE f.ready END,
    CASE WHEN f.status = 10 THEN f.ready + f.pace * interval '1 day' END, '[]',
    CASE f.status WHEN 3 THEN 'Không thuộc thẩm quyền.' WHEN 7 THEN 'Người nộp đổi ý.' WHEN 8 THEN 'Quá hạn bổ sung.' ELSE '' END, 1,
    CASE f.status WHEN 1 THEN f.filed WHEN 3 THEN f.taken WHEN 4 THEN f.taken ELSE f.ready END
FROM fated f JOIN filer p ON p.number = floor(f.who * %(citizens)s)::int
LEFT JOIN kernel_counter c ON c.series = 'dossier ' || f.series AND c.period = '20' || f.yymmdd
ORDER BY f.filed
"""
COUNTERS = """
INSERT INTO kernel_counter (series, period, value)
SELECT 'dossier ' || left(code, length(code) - 12), '20' || left(right(code, 11), 6), max(right(code, 4)::bigint)
FROM dossiers_dossier WHERE id BETWEEN %(first)s AND %(last)s AND length(split_part(code, '-', 3)) = 4 GROUP BY 1, 2
ON CONFLICT (series, period) DO UPDATE SET value = greatest(kernel_counter.value, excluded.value)
"""
MINE = "d.id BETWEEN %(first)s AND %(last)s"
OF_PLAN = "JOIN plan p ON p.version_id = d.version_id AND p.agency_id = d.solving_agency_id"
PAPERS = f"""
INSERT INTO dossiers_paper (dossier_id, component, name, form, quantity, file_name, digitised, reused, added_at, added_by_id)
SELECT d.id, s.component, s.name, CASE d.channel WHEN 'online' THEN '{Paper.Form.ELECTRONIC}' ELSE '{Paper.Form.ORIGINAL}' END, 1, '',
    d.channel = 'online', false, d.filed_at, d.applicant_id
FROM dossiers_dossier d {OF_PLAN} JOIN plan_paper s ON s.plan = p.number WHERE {MINE}
"""  # noqa: S608
# `ended` is the moment until which the steps ran; of what is open, one step is in somebody's hands.
STEPS = f"""
INSERT INTO dossiers_step (dossier_id, key, name, does, unit_id, role, assignee_id, opened_at, due_at, legal_due_at, finished_at,
    finished_by_id, conclusion, note)
SELECT id, key, name, does, unit_id, role, person_id, opened, due, legal,
    CASE WHEN place < at_step THEN closed WHEN status IN (7, 8) THEN ended WHEN status = 10 THEN returned_at END,
    CASE WHEN place < at_step OR status IN (7, 8, 10) THEN person_id END,
    CASE WHEN place < at_step OR status = 10 THEN '{Step.Conclusion.DONE}' WHEN status IN (7, 8) THEN '{Step.Conclusion.CANCELLED}' ELSE '' END, ''
FROM (
    SELECT d.id, d.status, d.returned_at, x.ended, x.at_step, s.place, s.key, s.name, s.does, s.unit_id, s.role, s.person_id, d.due_at AS legal,
        d.received_at + s.begins * (x.ended - d.received_at) AS opened, d.received_at + s.ends * (x.ended - d.received_at) AS closed,
        d.received_at + s.ends * (d.promised_at - d.received_at) AS due
    FROM dossiers_dossier d {OF_PLAN}
    CROSS JOIN LATERAL (
        SELECT coalesce(d.finished_at, %(now)s) AS ended,
            CASE WHEN d.status IN (9, 10) THEN p.steps ELSE 2 + floor((p.steps - 2) * ((d.id * 7919 %% 1000) / 1000.0))::int END AS at_step
    ) x
    JOIN plan_step s ON s.plan = p.number AND s.place <= x.at_step
    WHERE {MINE} AND d.received_at IS NOT NULL
    ORDER BY d.id, s.place
) AS laid
"""  # noqa: S608
RESULTS = f"""
INSERT INTO dossiers_result (dossier_id, outcome_code, name, grants, content, agency_id, year, number, reference, drafted_by_id, drafted_at,
    signed_by_id, signed_at, sealed_at, signature_level)
SELECT d.id, '', left('Kết quả ' || p.name, 500), d.id %% 50 <> 0, f.content, d.solving_agency_id,
    extract(year FROM d.finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::int, d.id || '/KQ-LS',
    left(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/', '-_'), 20),
    p.leader_id, d.received_at, p.leader_id, d.finished_at, d.finished_at, 'B-B'
FROM dossiers_dossier d {OF_PLAN} JOIN filer f ON f.person_id = d.applicant_id WHERE {MINE} AND d.status IN (9, 10)
"""  # noqa: S608
