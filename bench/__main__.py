"""python -m bench [--quick] [--dossiers N]     measure and write build/bench.json
python -m bench serve [--dossiers N]         fill a site, leave it running, print its address and an API token
"""

import argparse
import json
import os
import sys
from pathlib import Path

from bench.report import Line, at_least, at_most, table, write
from bench.site import BUILD, ROOT, Site, run

QUICK, FULL = 20_000, 1_000_000
COLD_SECONDS, WARM_SECONDS = 15.0, 3.0


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("what", nargs="?", choices=["all", "serve", "stage"], default="all")
    words.add_argument("--quick", action="store_true", help=f"{QUICK} hồ sơ và ít giây hơn")
    words.add_argument("--dossiers", type=int, help="số hồ sơ có sẵn trong nhà đầy")
    words.add_argument("--seconds", type=float, help="số giây mỗi phép đo")
    words.add_argument("--label", default="", help=argparse.SUPPRESS)
    words.add_argument("--address", default="", help=argparse.SUPPRESS)
    given = words.parse_args()
    given.dossiers = given.dossiers or (QUICK if given.quick else FULL)
    given.seconds = given.seconds or (3.0 if given.quick else 8.0)
    {"all": measure, "serve": serve, "stage": stage}[given.what](given)


def caseload() -> Path | None:
    folder = Path(os.environ.get("TINHSO_TESTDATA") or ROOT.parent / "shared" / "data") / "caseload"
    return folder if folder.is_dir() else None


def measure(given: argparse.Namespace) -> None:
    """Measure the machine, an empty house and a full one; compare; write everything down."""
    rows: list[dict] = []

    def keep(lines: list[Line]) -> None:
        rows.extend(line.facts() for line in lines)
        write(BUILD / "bench.json", rows)

    empty, full = Site(BUILD / "bench" / "empty"), Site(BUILD / "bench" / f"full-{given.dossiers}")
    try:
        say("nhà trống: khởi động từ đầu")
        empty.wipe()
        empty.collect()
        cold = empty.start()
        empty.stop()
        warm = empty.start()
        keep([at_most("cold start to the first page", cold, "s", COLD_SECONDS), at_most("warm start", warm, "s", WARM_SECONDS)])
        say("giới hạn của máy")
        keep(machine_limits(empty, given))
        say("nhà trống: đo")
        before = run_stage(empty, given, "0 existing dossiers", rows)
        empty.stop()
        say(f"nhà đầy: {given.dossiers:,} hồ sơ".replace(",", "."))
        keep(fill(full, given))
        keep([at_most(f"warm start with {given.dossiers} dossiers", full.start(), "s", WARM_SECONDS)])
        after = run_stage(full, given, f"{given.dossiers} existing dossiers", rows)
        keep([at_least(f"{name}: full house against empty", after[name] / before[name], "×", 0.8) for name in before if before[name]])
        keep([at_least("deadlines recomputed", deadlines(full), "/s", 1000)])
        for module in ("catalogue", "signing"):
            say(module)
            rows += json.loads(run(empty_database(empty), "-c", COLLECT, module).splitlines()[-1])
    finally:
        write(BUILD / "bench.json", rows)
        empty.stop()
        full.stop()
    print(table(rows))
    print(f"\n{BUILD / 'bench.json'}")
    raise SystemExit(0 if all(row["ok"] is not False for row in rows) else 1)


COLLECT = """
import json, sys, importlib
import django
django.setup()
print(json.dumps(importlib.import_module("bench." + sys.argv[1]).run(), ensure_ascii=False))
"""


def empty_database(site: Site) -> Path:
    site.start_database()
    return site.var


def machine_limits(site: Site, given: argparse.Namespace) -> list[Line]:
    from bench.machine import limits

    return limits(site.var, max(2, int(given.seconds)))


def fill(site: Site, given: argparse.Namespace) -> list[Line]:
    """Fill the house with a past, unless an earlier run has left it full."""
    note = site.var / "history.json"
    if not note.exists():
        site.wipe()
        site.start_database()
        run(site.var, "-m", "deploy.prepare")
        words = ["make_history", "--dossiers", str(given.dossiers), "--json"]
        folder = caseload()
        note.write_text(site.manage(*words, *(["--caseload", str(folder)] if folder else [])))
    else:
        site.start_database()
        run(site.var, "-m", "deploy.prepare")
    site.collect()
    made = json.loads(note.read_text().splitlines()[-1])
    return [Line("synthetic past written", made["per_second"], "dossiers/s"), Line("synthetic past, events", made["events"], "events")]


def deadlines(site: Site) -> float:
    answer = run(site.var, "-c", DEADLINES)
    return float(answer.splitlines()[-1])


DEADLINES = """
import django
django.setup()
from django.utils.timezone import now
from tinhso.dossiers.actions.deadlines import rebuild_deadlines
print(rebuild_deadlines(at=now(), check=True).per_second)
"""


def run_stage(site: Site, given: argparse.Namespace, label: str, rows: list[dict]) -> dict[str, float]:
    """Measure a running site in a process of its own, whose settings are the site's."""
    out = BUILD / "bench" / "stage.json"
    words = ["-m", "bench", "stage", "--label", label, "--address", site.address, "--seconds", str(given.seconds)]
    print(run(site.var, *words, BENCH_OUT=str(out)), end="")
    found = json.loads(out.read_text())
    rows += found["rows"]
    write(BUILD / "bench.json", rows)
    return found["rates"]


def stage(given: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.conf import settings

    from bench import actors
    from bench.scenarios import Stage, everything

    site = Site(Path(settings.VAR))
    site.address = given.address
    actors.short_procedure()
    on = Stage(site, actors.offices(caseload()), actors.token(), given.label, given.seconds)
    rates = everything(on)
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps({"rates": rates, "rows": [line.facts() for line in on.lines]}))


def serve(given: argparse.Namespace) -> None:
    """Leave a full house running for an outside load tool."""
    site = Site(BUILD / "bench" / f"full-{given.dossiers}")
    fill(site, given)
    site.start()
    key = run(site.var, "-c", TOKEN).splitlines()[-1]
    print(f"Trang đo: {site.address}\nMã truy cập API (mọi phạm vi, mọi cơ quan): {key}")
    print(f'Ví dụ: curl -H "Authorization: Bearer {key}" "{site.address}/api/v1/dossiers?limit=5"')
    print(f"Dừng: TINHSO_VAR={site.var} {sys.executable} -m deploy.supervise stop")


TOKEN = """
import django
django.setup()
from bench import actors
actors.short_procedure()
print(actors.token())
"""


def say(words: str) -> None:
    print(f"→ {words}", flush=True)


if __name__ == "__main__":
    main()
