"""Every icon and picture that a template or a menu names is there: a wrong name would stop a page."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [path for folder in ("ui", "tinhso", "connectors") for path in (ROOT / folder).rglob("templates/**/*.html")]
ICON = re.compile(r"""(?:\bicon="([a-z0-9-]+)")|(?:\{% icon "([a-z0-9-]+)")""")
PICTURE = re.compile(r"""(?:\bpicture="([a-z0-9-]+)")|(?:\{% picture "([a-z0-9-]+)")""")


def named(pattern) -> set[str]:
    return {name for path in TEMPLATES for match in pattern.findall(path.read_text()) for name in match if name}


def test_every_icon_named_in_a_template_is_in_the_set():
    assert named(ICON) - set(json.loads((ROOT / "ui/icons.json").read_text())) == set()


def test_every_picture_named_in_a_template_is_drawn():
    drawn = {path.stem for path in (ROOT / "ui/pictures").glob("*.svg")}
    assert named(PICTURE) - drawn == set()


def test_every_icon_and_address_of_the_menus_exists():
    from django.urls import reverse

    from tinhso.kernel.menu import ENTRIES

    icons = set(json.loads((ROOT / "ui/icons.json").read_text()))
    assert [entry for entry in ENTRIES if entry.icon not in icons] == []
    assert all(reverse(entry.url_name) for entry in ENTRIES)


def test_no_template_breaks_the_security_policy():
    """No inline style, script or handler: the policy would refuse them silently."""
    forbidden = re.compile(r"""\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|<style\b|<script(?![^>]*(?:\bsrc=|application/json))""")
    assert [str(path) for path in TEMPLATES if forbidden.search(path.read_text())] == []


def test_no_component_writes_attributes_unescaped():
    assert [path.name for path in (ROOT / "ui/templates/cotton").glob("*.html") if "{{ attrs }}" in path.read_text()] == []
