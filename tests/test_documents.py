"""What the documents promise is in the program, and the other way round."""

import re
from pathlib import Path

import pytest

from config.env import Env

ROOT = Path(__file__).resolve().parent.parent
ROOMS = sorted(path.parent for path in ROOT.glob("tinhso/*/apps.py"))


def test_every_setting_is_documented_and_no_other():
    guide = (ROOT / "docs/operating.md").read_text()
    table = guide.split("## Settings")[1].split("\n## ")[0]
    names = {
        f"TINHSO_{name.upper()}" if not field.validation_alias else str(field.validation_alias) for name, field in Env.model_fields.items()
    }
    assert set(re.findall(r"`(TINHSO_[A-Z0-9_]+|DATABASE_(?:APP_)?URL)`", table)) == names


def test_every_command_of_the_guide_exists():
    guide = (ROOT / "docs/operating.md").read_text() + (ROOT / "README.md").read_text()
    present = {path.stem for path in ROOT.glob("*/*/management/commands/*.py")} | {
        path.stem for path in ROOT.glob("connectors/*/management/commands/*.py")
    }
    assert set(re.findall(r"manage\.py ([a-z_]+)", guide)) - present == set()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_what_it_is(room):
    assert len((room / "README.md").read_text()) > 200


def test_no_file_of_the_house_hides_a_noun():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ROOT.glob("tinhso/**/*.py")
        if "migrations" not in path.parts and "tests" not in path.parts and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_every_template_is_used():
    texts = [
        path.read_text()
        for pattern in ("**/*.py", "**/*.html")
        for path in [*ROOT.glob(f"tinhso/{pattern}"), *ROOT.glob(f"connectors/{pattern}"), *ROOT.glob(f"ui/{pattern}")]
        if "node_modules" not in path.parts
    ]
    everything = "\n".join(texts)
    unused = []
    for folder in ROOT.glob("tinhso/*/templates"):
        for path in folder.rglob("*.html"):
            name = path.relative_to(folder).as_posix()
            # Pages of packages (sign-in) are asked for by the package.
            if name.split("/")[0] == folder.parent.name and f'"{name}"' not in everything:
                unused.append(name)
    assert unused == []
