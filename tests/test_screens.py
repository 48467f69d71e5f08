"""Every page of the house in a browser: axe, the security policy, the width of a phone."""

from datetime import date

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tinhso.directory.models import Person, Post, Role
from tinhso.directory.testing import sign_in
from tinhso.dossiers.models import Dossier, Status
from tinhso.dossiers.testing import build_office, filed, publish
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
HOUSE = {
    "administrator": [Role.ADMINISTRATOR],
    "operator": [Role.OPERATOR],
    "cataloguer": [Role.CATALOGUER],
    "watcher": [Role.SUPERVISOR, Role.AUDITOR],
}
WHO = ["visitor", "an", "clerk", "specialist", "leader", *HOUSE]


def names_of_pages(resolver=None) -> list[str]:
    """Return the names of all addresses without parameters."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            found += [] if pattern.namespace else names_of_pages(pattern)
        elif pattern.name and not pattern.pattern.converters:
            found.append(pattern.name)
    return sorted(set(found))


@pytest.fixture
def house():
    office = build_office()
    for name, roles in HOUSE.items():
        person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=name, full_name=f"Người {name}", password="!")
        for role in roles:
            Post.objects.create(person=person, unit=office.commune, role=role, valid_from=date(2020, 1, 1))
        office.people[name] = person
    version = publish(life_events=["sinh-con"])
    office.first, office.second = filed(office, version), filed(office, version)
    Dossier.objects.filter(pk=office.second.pk).update(status=Status.SUPPLEMENT)
    return office


def addresses(house) -> list[str]:
    """Return the pages worth a look: those without parameters, and those of a dossier and a procedure."""
    plain = []
    for name in names_of_pages():
        try:
            plain.append(reverse(name))
        except NoReverseMatch:
            continue
    dossier, code = house.first, house.first.procedure.code
    own = [
        ("procedure", code),
        ("life-event", "sinh-con"),
        ("file-dossier", code),
        ("my-dossier", dossier.code),
        ("my-dossier", house.second.code),
        ("dossier-filed", dossier.code),
        ("track-dossier", dossier.reference),
        ("desk-dossier", dossier.code),
        ("counter-take", code),
        ("official", house.clerk.pk),
        ("unit", house.commune.pk),
    ]
    return plain + [reverse(name, args=[value]) for name, value in own]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page(client, open_screen, house, size):
    """Each page is looked at once, as the first person for whom it opens."""
    page = open_screen(size)
    site = answered_by(page, client)
    left, found = addresses(house), {}
    for who in WHO:
        if who != "visitor":
            sign_in(client, getattr(house, who))
        for address in list(left):
            answer = client.get(address)
            if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            left.remove(address)
            page.faults.clear()
            if b"<html" not in answer.content:
                continue  # a fragment of a page
            if b"<main" not in answer.content:
                found[f"{who} {address}"] = ["no main part"]
                continue
            visit(page, site + address)
            faults = axe_violations(page) + page.faults + (["too wide"] if too_wide(page) else [])
            if faults:
                found[f"{who} {address}"] = faults
    # What nobody could open: addresses of posts, files and answers to programs, and pages that ask for a password again.
    unseen = {reverse(name) for name in ("home", "my-dossiers", "desk", "counter", "notices", "who-read", "people")} & set(left)
    assert (found, unseen, [address for address in left if "1.000001" in address or house.first.code in address]) == ({}, set(), [])
