"""The outside systems of a demonstration: each connector's simulator, on a port of its own.

A simulator is `connectors/<name>/simulator.py` (or a package of that name) run as
`python -m connectors.<name>.simulator --port N`. Its constant `SETTINGS` says how the site
finds it: `SETTINGS = {"TINHSO_TSA_URL": "{url}/tsa"}`.
"""

import ast
import json
import socket
from pathlib import Path


def simulators(root: Path) -> dict[str, Path]:
    """Return the file of every simulator by the name of its connector."""
    found = {path.parent.name: path for path in root.glob("connectors/*/simulator.py")}
    found |= {path.parents[1].name: path for path in root.glob("connectors/*/simulator/__main__.py")}
    return dict(sorted(found.items()))


def settings_of(path: Path, url: str) -> dict[str, str]:
    """Return the settings that point the site to a simulator, read without running it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value is not None
            and [getattr(target, "id", "") for target in targets] == ["SETTINGS"]
        ):
            port = url.rsplit(":", 1)[1]
            return {name: value.replace("{url}", url).replace("{port}", port) for name, value in ast.literal_eval(node.value).items()}
    return {}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def any_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


class Ports:
    """Which port each program had: a restart keeps the addresses that people and records hold."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.kept: dict[str, int] = json.loads(path.read_text())
        except (OSError, ValueError):
            self.kept = {}

    def take(self, name: str, wanted: int = 0, host: str = "127.0.0.1") -> int:
        """Return the port of last time, else the one wanted, else any that is free."""
        for port in (self.kept.get(name, 0), wanted):
            if port and is_free(port, host):
                break
        else:
            port = any_port(host)
        self.kept[name] = port
        self.path.write_text(json.dumps(self.kept, indent=1))
        return port
