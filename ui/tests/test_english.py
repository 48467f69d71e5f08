"""The English catalogue: complete for the shells, faithful to the fields of each sentence, and nothing wider than a phone."""

import gettext
import io
import re
from pathlib import Path

import pytest

from deploy.messages import compiled, entries
from tinhso.dossiers.testing import publish
from ui.testing import PHONE, answered_by, axe_violations, too_wide

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "ui/locale/en/LC_MESSAGES/django.po"
FIELD = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
WORDS = re.compile(r"""\{% translate "((?:[^"\\]|\\.)+)" %\}""")


def english() -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(compiled(entries(CATALOGUE.read_text()))))


def test_every_word_of_the_shells_and_the_front_door_has_its_english():
    catalogue = english()
    folders = [ROOT / "ui/templates", ROOT / "tinhso/portal/templates"]
    said = {word for folder in folders for path in folder.rglob("*.html") for word in WORDS.findall(path.read_text())}
    assert sorted(word for word in said if catalogue.gettext(word) == word) == []


def test_no_translation_loses_a_field():
    lost = {}
    for key, value in entries(CATALOGUE.read_text()).items():
        for translated in value.split("\0"):
            if key and sorted(FIELD.findall(key.split("\0")[0])) != sorted(FIELD.findall(translated)):
                lost[key] = translated
    assert lost == {}


@pytest.mark.django_db
@pytest.mark.browser
def test_the_front_door_fits_a_phone_in_english(client, open_screen):
    publish(life_events=["sinh-con"])
    client.cookies["django_language"] = "en"
    page = open_screen(PHONE)
    site = answered_by(page, client)
    seen = {}
    for address in ("/", "/thu-tuc/", "/thu-tuc/1.000001/", "/tai-khoan/dang-nhap/"):
        page.goto(site + address)
        seen[address] = (page.locator("html").get_attribute("lang"), axe_violations(page) + page.faults, too_wide(page))
    assert seen == {address: ("en", [], False) for address in seen}
