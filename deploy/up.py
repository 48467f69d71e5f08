"""`make up`: start everything, play one dossier through its life, say where the site is and who may sign in."""

import subprocess
import sys
import time

from config.env import ROOT, env
from deploy import supervise


def has_command(name: str) -> bool:
    return any(ROOT.glob(f"tinhso/*/management/commands/{name}.py"))


def manage(*words: str) -> int:
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, stdin=subprocess.DEVNULL).returncode


def main() -> None:
    began = time.monotonic()
    address = supervise.start(env.var)
    took = time.monotonic() - began
    if env.demo and has_command("play"):
        if manage("play"):
            raise SystemExit("Không chạy hết được vòng đời của hồ sơ mẫu.")
        print()
    if env.demo and has_command("demo_people"):
        manage("demo_people")
        print()
    print(f"Trang đang chạy tại {address} (khởi động {took:.1f} giây). Dừng: make stop")


if __name__ == "__main__":
    main()
