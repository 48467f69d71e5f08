"""Run the services of the demonstration authority: python -m connectors.demo_ca.simulator --port 20161."""

import argparse
import os
from pathlib import Path

from connectors.demo_ca.authority import DemoAuthority
from connectors.demo_ca.services import Services

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"TINHSO_TSA_URL": "{url}/tsa", "TINHSO_DEMO_CA_URL": "{url}"}


def authority_from_environment() -> DemoAuthority:
    port = os.environ.get("TINHSO_DEMO_CA_PORT", "20161")
    folder = Path(os.environ.get("TINHSO_DEMO_CA_FOLDER", Path(os.environ.get("TINHSO_VAR", ROOT / "var")) / "demo_ca"))
    return DemoAuthority(folder, os.environ.get("TINHSO_DEMO_CA_URL") or f"http://127.0.0.1:{port}")


def application() -> Services:
    return Services(authority_from_environment().open())


def main() -> None:
    from granian import Granian
    from granian.constants import Interfaces

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=20161)
    parser.add_argument("--folder", default="")
    options = parser.parse_args()
    os.environ["TINHSO_DEMO_CA_PORT"] = str(options.port)
    if options.folder:
        os.environ["TINHSO_DEMO_CA_FOLDER"] = options.folder
    Granian(
        "connectors.demo_ca.simulator:application",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=options.port,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
