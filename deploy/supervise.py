"""The one parent: database, migrations, simulators, web and worker; restarts what dies, stops all in order.

python -m deploy.supervise run       in the foreground (service units)
python -m deploy.supervise start     in the background, returns when the site answers
python -m deploy.supervise status    JSON
python -m deploy.supervise stop
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.env import ROOT, RUNNING, env
from deploy import postgres, prepare
from deploy.processes import Program, adopt_orphans, reap, stop_all
from deploy.readiness import answers, wait_until_ready
from deploy.simulators import Ports, settings_of, simulators

LOOP = 0.2
# Looking through the process table costs: orphans may wait, and the state is written for people to read.
SWEEP = 0.5
# Of one worker of the web server.
CONNECTIONS = 2048
PYTHON = sys.executable


class Supervisor:
    def __init__(self) -> None:
        self.var = env.var.resolve()
        self.embedded = not env.database_url
        self.programs: list[Program] = []
        self.next_sweep = 0.0
        self.database_restarts = 0
        self.stopping = False
        self.reload = False
        self.wrote = ""

    # -- start -----------------------------------------------------------

    def run(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        lock = (self.var / "supervisor.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Chương trình đang chạy rồi (make stop để dừng).") from None
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        (self.var / "supervisor.pid").write_text(f"{os.getpid()}\n")
        try:
            self._start_database()
            self._choose()
            self._prepare_database()
            for program in self.programs:
                program.start(self.var / f"{program.name}.log", ROOT)
            self._write_state()
            while not self.stopping:
                self._watch()
                time.sleep(LOOP)
        finally:
            self._stop()

    def _on_stop(self, *_) -> None:
        self.stopping = True

    def _on_reload(self, *_) -> None:
        self.reload = True

    def _start_database(self) -> None:
        if self.embedded:
            postgres.start(self.var)
            return
        import psycopg

        from deploy.durability import refuse_unsafe

        with psycopg.connect(env.database_url, connect_timeout=10) as connection:
            role = psycopg.conninfo.conninfo_to_dict(env.database_app_url or env.database_url).get("user", "")
            refuse_unsafe(connection, app_role=str(role))

    def _choose(self) -> None:
        """Choose ports, and write down for `manage.py` what was chosen."""
        ports = Ports(self.var / "ports.json")
        port = ports.take("web", env.port, env.host)
        chosen = {"TINHSO_PORT": str(port)}
        if env.site_url in ("http://127.0.0.1:8000", f"http://127.0.0.1:{env.port}"):
            chosen["TINHSO_SITE_URL"] = f"http://127.0.0.1:{port}"
        outside = []
        if env.demo:
            chosen["TINHSO_DEMO"] = "1"
            for name, path in simulators(ROOT).items():
                own = ports.take(f"simulator-{name}")
                settings = settings_of(path, f"http://127.0.0.1:{own}")
                chosen |= {key: value for key, value in settings.items() if not os.environ.get(key)}
                outside.append(Program(f"simulator-{name}", [PYTHON, "-m", f"connectors.{name}.simulator", "--port", str(own)], settings))
        RUNNING.parent.mkdir(parents=True, exist_ok=True)
        RUNNING.write_text("".join(f"{key}={value}\n" for key, value in chosen.items()))
        os.environ.update(chosen)
        serving = {"TINHSO_DATABASE_AS": "app"}
        self.programs = [*outside, Program("web", _web_command(port), serving)]
        if any(ROOT.glob("tinhso/*/management/commands/work.py")):
            self.programs.append(Program("worker", [PYTHON, "manage.py", "work"], serving, patient=True))

    def _prepare_database(self) -> None:
        url = env.database_url or postgres.embedded_url(self.var)
        mark = prepare.fingerprint(ROOT, demo=env.demo)
        if prepare.prepared(url) == mark:
            return
        with (self.var / "prepare.log").open("ab") as log:
            done = subprocess.run([PYTHON, "-m", "deploy.prepare"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if done.returncode:
            tail = (self.var / "prepare.log").read_text(errors="replace")[-3000:]
            raise SystemExit(f"Chuẩn bị cơ sở dữ liệu không xong ({self.var / 'prepare.log'}):\n{tail}")
        prepare.write_prepared(url, mark)

    # -- watch -----------------------------------------------------------

    def _watch(self) -> None:
        if self.embedded and postgres.running_pid(self.var) is None:
            self._restart_database()
        for program in self.programs:
            if program.lives():
                continue
            if program.process is not None:
                _say(f"{program.name} đã dừng (mã {program.process.returncode}); khởi động lại")
                program.bury()
            if time.monotonic() >= program.not_before:
                program.start(self.var / f"{program.name}.log", ROOT)
                self.next_sweep = 0.0
        if self.reload:
            self.reload = False
            for program in self.programs:
                program.ask_to_stop()
        if time.monotonic() >= self.next_sweep:
            self.next_sweep = time.monotonic() + SWEEP
            reap()
            self._write_state()

    def _restart_database(self) -> None:
        """Start the database again after everything of the dead one is gone."""
        # Its backends end by themselves when they notice; one that recovers may not, and would block the start.
        postgres.kill_orphans(self.var)
        self.database_restarts += 1
        _say("cơ sở dữ liệu đã dừng; khởi động lại")
        try:
            postgres.start(self.var)
        except SystemExit as refusal:
            _say(str(refusal))
            time.sleep(1)

    def _write_state(self) -> None:
        """Write who runs, by name, whenever that changes."""
        state = {
            "supervisor": {"pid": os.getpid()},
            **({"postgres": {"pid": postgres.running_pid(self.var), "restarts": self.database_restarts}} if self.embedded else {}),
            **{
                program.name: {
                    "pid": program.process.pid if program.process else None,
                    "children": program.children(),
                    "restarts": program.restarts,
                }
                for program in self.programs
            },
        }
        text = json.dumps(state, indent=1)
        if text != self.wrote:
            temporary = self.var / "processes.json.new"
            temporary.write_text(text)
            temporary.replace(self.var / "processes.json")
            self.wrote = text

    # -- stop ------------------------------------------------------------

    def _stop(self) -> None:
        """Stop pages first, then jobs, then outside systems, then the database."""
        by_order = sorted(self.programs, key=lambda program: {"web": 0, "worker": 1}.get(program.name, 2))
        stop_all([program for program in by_order if program.name == "web"], seconds=10)
        stop_all([program for program in by_order if program.name != "web"], seconds=10)
        if self.embedded:
            postgres.stop(self.var)
        for name in ("supervisor.pid", "processes.json"):
            (self.var / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            RUNNING.unlink()


def _web_command(port: int) -> list[str]:
    """Return the command of the web server.

    Granian counts connections, not requests, and a browser keeps its connection open while its reader reads: with few
    places, two dozen quiet readers shut everybody else out until the idle limit of ten seconds. What threads are too
    busy for waits in the worker.
    """
    return [
        *(PYTHON, "-m", "granian", "--interface", "wsgi"),
        *("--host", env.host, "--port", str(port)),
        *("--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads)),
        *("--backpressure", str(CONNECTIONS), "--backlog", "1024"),
        *("--http1-header-read-timeout", "10000"),
        *("--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "8"),
        *("--no-ws", "--log-level", "warning", "--no-access-log"),
        "config.wsgi:application",
    ]


def _say(sentence: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {sentence}", file=sys.stderr, flush=True)


# -- commands ------------------------------------------------------------


def supervisor_pid(var: Path) -> int | None:
    try:
        pid = int((var / "supervisor.pid").read_text())
        return pid if b"deploy.supervise" in Path(f"/proc/{pid}/cmdline").read_bytes() else None
    except (OSError, ValueError):
        return None


def site_port(var: Path) -> int | None:
    """Return the port of the running site."""
    return Ports(var / "ports.json").kept.get("web")


def status(var: Path) -> dict:
    pid, port = supervisor_pid(var), site_port(var)
    if pid is None:
        return {"running": False}
    try:
        processes = json.loads((var / "processes.json").read_text())
    except (OSError, ValueError):
        processes = {}
    return {
        "running": True,
        "ready": bool(port and answers(env.host, port)),
        "address": f"http://{env.host}:{port}",
        "processes": processes,
    }


def start(var: Path, *, seconds: float = 180) -> str:
    """Start in the background unless running; return the site's address when it answers."""
    var.mkdir(parents=True, exist_ok=True)
    (var / "supervisor.log").touch()
    if supervisor_pid(var) is None:
        (var / "processes.json").unlink(missing_ok=True)
        with (var / "supervisor.log").open("wb") as log:
            process = subprocess.Popen(
                [PYTHON, "-m", "deploy.supervise", "run"],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ended = process.poll
    else:

        def ended():
            return None

    if not wait_until_ready(env.host, lambda: site_port(var) if (var / "processes.json").exists() else None, ended, seconds=seconds):
        tail = "\n".join(
            (var / name).read_text(errors="replace")[-2000:] for name in ("supervisor.log", "web.log") if (var / name).exists()
        )
        raise SystemExit(f"Trang chưa trả lời.\n{tail}")
    return f"http://{env.host}:{site_port(var)}"


def stop(var: Path, *, seconds: float = 45) -> bool:
    pid = supervisor_pid(var)
    if pid is None:
        # A supervisor that was killed leaves its database behind.
        return postgres.stop(var) if not env.database_url else False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while supervisor_pid(var) is not None and time.monotonic() < until:
        time.sleep(0.05)
    return True


def main(words: list[str]) -> None:
    match words:
        case ["run"]:
            Supervisor().run()
        case ["start"]:
            print(start(env.var))
        case ["status"]:
            state = status(env.var)
            print(json.dumps(state, ensure_ascii=False, indent=1))
            raise SystemExit(0 if state["running"] else 1)
        case ["stop"]:
            print("đã dừng" if stop(env.var) else "không chạy")
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
