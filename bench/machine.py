"""What this machine can do at most, measured in the same run: figures mean something only beside these."""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from bench.report import Line
from deploy import postgres

INSERT = """\\set n random(1, 1000000000)
INSERT INTO bench_line (number, text) VALUES (:n, 'Hồ sơ thử nghiệm của máy đo');
"""


def limits(var: Path, seconds: int) -> list[Line]:
    """Measure single inserts, each committed to disk, and COPY, on the database of a site."""
    postgres.start(var)
    with psycopg.connect(postgres.embedded_url(var), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_line")
        connection.execute("CREATE TABLE bench_line (id bigserial PRIMARY KEY, number bigint, text text, at timestamptz DEFAULT now())")
        try:
            inserts = pgbench(var, seconds)
            copied = copy(connection)
        finally:
            connection.execute("DROP TABLE bench_line")
    return [
        Line("machine: single insert, 8 clients (pgbench)", inserts, "tx/s"),
        Line("machine: COPY", copied, "rows/s"),
    ]


def pgbench(var: Path, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(INSERT)
        script.flush()
        done = subprocess.run(
            [
                *(str(postgres.binaries() / "pgbench"), "--no-vacuum", "--client=8", "--jobs=2", "--protocol=prepared"),
                *(f"--time={seconds}", f"--file={script.name}", f"--host={postgres.socket_folder(var)}"),
                *(f"--username={postgres.ROLE}", postgres.DATABASE),
            ],
            env=os.environ | {"PGPASSWORD": postgres.password(var, postgres.ROLE)},
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise SystemExit(f"pgbench: {done.stdout}")
    return float(found[1])


def copy(connection: psycopg.Connection, rows: int = 300_000) -> float:
    text = "".join(f"{number}\tHồ sơ thử nghiệm của máy đo\n" for number in range(rows // 10)).encode()
    begun = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy("COPY bench_line (number, text) FROM STDIN") as sink:
        for _ in range(10):
            sink.write(text)
    return rows / (time.perf_counter() - begun)
