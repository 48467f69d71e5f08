"""Every address of the house, walked by whoever has no business there: nothing of An's is shown, nothing of An's is done.

The list is made from the addresses themselves: a new page is walked from its first day, and one that names an object
must be given An's in `an_object`.
"""

from itertools import product

import pytest
from django.urls import URLPattern, get_resolver
from django.utils.timezone import localdate, now, timedelta

from tinhso.directory.actions import lend_post
from tinhso.directory.models import Person, Post, Role, Token
from tinhso.directory.testing import sign_in
from tinhso.dossiers.actions.filing import add_draft_paper, open_draft
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import draft_result, finish_step
from tinhso.dossiers.models import Dossier, Draft
from tinhso.dossiers.testing import SINCE, Office, build_office, filed, open_step, publish
from tinhso.kernel.files import keep
from tinhso.kernel.inspection import PDF
from tinhso.messaging.models import Message, MessageTemplate

pytestmark = pytest.mark.django_db

# Open to everybody: the front door, the catalogue, verification, signing in, and what programs ask with their own key.
FOR_ALL = {
    *("health", "ready", "home", "search", "search-answers", "life-event", "procedures", "procedure", "verify-file", "find-dossier"),
    *("account_logout", "set_language", "gallery", "bank-callback", "eid_login", "eid_callback", "simulated-mails", "simulated-mail"),
}
# Whoever holds the long random word in the address may see what it shows: a link in a letter, a QR code on paper.
BY_WORD = {"track-dossier", "verify-result", "pay", "pay-state", "pay-qr", "receipt"}
# The register of agencies is no secret among officials.
FOR_OFFICIALS = {"unit"}
# What a role opens whatever its agency: whoever runs the machines sees what the national portal has not taken, by code.
BY_ROLE = {"operator": {"portal-sync", "portal-send-again"}}
# A page about one's own filing: the code in its address is the procedure's, not a dossier's.
ONES_OWN = {"file-dossier", "file-page", "file-autosave", "discard-draft", "counter-take"}


def addresses() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the name, the pattern and the arguments of every address."""
    found = []

    def walk(patterns, before: str) -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.append((one.name or "", before + str(one.pattern), tuple(one.pattern.converters)))
            else:
                walk(one.url_patterns, before + str(one.pattern))

    walk(get_resolver().url_patterns, "/")
    return found


@pytest.fixture
def office(db) -> Office:
    return build_office()


@pytest.fixture
def dossier(office) -> Dossier:
    """An's dossier on its way: received, appraised, a result drafted; beside it a draft with a paper."""
    version, moment = publish(), now()
    dossier = receive(filed(office, version, "2024-05-06 09:00"), by=office.clerk, at=moment)
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=moment)
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=moment)
    draft = open_draft(version, by=office.an, at=moment, solving_agency=office.commune)
    add_draft_paper(draft, "don", keep(b"%PDF-1.4 draft", media_type=PDF), "nhap.pdf", by=office.an, at=moment)
    template = MessageTemplate.objects.first() or MessageTemplate.objects.create(key="thu", name="Thử")
    Message.objects.create(person=office.an, to_name=office.an.full_name, template=template, subject=f"Hồ sơ {dossier.code}", at=moment)
    lend_post(
        office.leader.posts.get(), to=office.specialist, first=localdate(), last=localdate() + timedelta(days=3), reason="thử", may_sign=False,
        by=office.leader, at=moment,
    )  # fmt: skip
    Person.objects.create(kind=Person.Kind.SYSTEM, username="ht-1", full_name="Hệ thống thử").tokens.create(label="thử", digest="0" * 64)
    dossier.refresh_from_db()
    return dossier


def an_object(name: str, arguments: tuple[str, ...], office: Office, dossier: Dossier) -> dict:
    """Return the arguments that lead to something of An's, of the commune's, or of the province's."""
    clerk, system = office.clerk, Person.objects.get(kind=Person.Kind.SYSTEM)
    draft = Draft.objects.get()
    special = {
        "unit": {"pk": office.commune.pk},
        "take-back": {"pk": office.leader.posts.get().delegations.get().pk},
        "paper": {"pk": dossier.papers.first().pk},
        "draft-paper": {"pk": draft.papers.get().pk},
        "system": {"pk": system.pk},
        "issue-token": {"pk": system.pk},
        "revoke-token": {"pk": system.pk, "token_pk": Token.objects.get().pk},
        "notice": {"number": Message.objects.get(person=office.an).pk},
        "procedure": {"code": "1.000001"},
        "file-dossier": {"code": "1.000001"},
        "discard-draft": {"code": "1.000001"},
        "counter-take": {"code": "1.000001"},
        "file-page": {"code": "1.000001", "page_key": "chung"},
        "file-autosave": {"code": "1.000001", "page_key": "chung"},
    }
    if name in special:
        return special[name]
    usual = {
        "pk": clerk.pk,
        "post_pk": clerk.posts.get().pk,
        "number": 1,
        "code": dossier.code,
        "reference": dossier.reference,
        "verb": "finish-step",
        "form": "01",
        "key": "khong-co",
        "token": "khong-co",
        "serial": "khong-co",
        "fingerprint": "khong-co",
        "step": "tham-dinh",
        "paper_id": dossier.papers.first().pk,
        "result_id": dossier.results.first().pk,
        "opinion_id": 1,
        "subscription_id": 1,
    }
    if missing := set(arguments) - set(usual):
        raise AssertionError(f"say in an_object what {name} is to show of An's: {missing}")
    return {argument: usual[argument] for argument in arguments}


def address_of(pattern: str, values: dict) -> str:
    """Write the values into a pattern such as `/ho-so/<str:code>/`."""
    for name, value in values.items():
        for converter in ("", "int:", "str:", "slug:", "uuid:", "path:"):
            pattern = pattern.replace(f"<{converter}{name}>", str(value))
    return pattern


def stranger(who: str, office: Office) -> Person | None:
    """Return somebody who has nothing to do with An or the commune; officials work in the commune next door."""
    if who == "anonymous":
        return None
    if who == "citizen":
        return office.binh
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=f"la.{who}", full_name=f"Hồ Lạ {who}")
    for role in STRANGERS[who]:
        Post.objects.create(person=person, unit=office.neighbour, role=role, valid_from=SINCE)
    return person


def test_every_role_walks():
    assert {role for roles in STRANGERS.values() for role in roles} | WATCHERS == set(Role)


# Supervisors and auditors watch over the whole province by their office; each reading of theirs is logged.
WATCHERS = {Role.SUPERVISOR, Role.AUDITOR}
# Rights add up, so whoever handles dossiers next door may do it in every role at once.
STRANGERS = {
    "anonymous": [],
    "citizen": [],
    "handlers": [Role.CLERK, Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.RECORDS],
    "cataloguer": [Role.CATALOGUER],
    "administrator": [Role.ADMINISTRATOR],
    "operator": [Role.OPERATOR],
}
REFUSALS = {404, 405}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_finds_nothing_of_ans_anywhere(client, office, dossier, who):
    person = stranger(who, office)
    secrets = [office.an.full_name, "049190012345", dossier.code, dossier.reference]
    before = state_of(dossier)
    wrong = []
    if person:
        sign_in(client, person)
    for (name, pattern, arguments), method in product(addresses(), ("get", "post")):
        if name in FOR_ALL | BY_ROLE.get(who, set()) or "(?P<" in pattern:
            continue
        address = address_of(pattern, an_object(name, arguments, office, dossier))
        answer = getattr(client, method)(address)
        shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if names_an_object(name, arguments):
            allowed = REFUSALS | ({401} if pattern.startswith("/api/") else {302} if person is None else set())
            if answer.status_code not in allowed:
                wrong.append(f"{method} {address} ({name}): {answer.status_code}")
        elif name not in BY_WORD and any(secret.encode() in shown for secret in secrets):
            wrong.append(f"{method} {address} ({name}) shows what is An's")
        if person and client.session.get("_auth_user_id") != str(person.pk):
            wrong.append(f"{method} {address} ({name}) ended the session: what came after was not asked as {who}")
            break
    assert wrong == []
    assert state_of(dossier) == before


def names_an_object(name: str, arguments: tuple[str, ...]) -> bool:
    return bool(arguments) and name not in BY_WORD | FOR_OFFICIALS | ONES_OWN


def state_of(dossier: Dossier) -> tuple:
    """Return what a stranger must not have changed."""
    dossier.refresh_from_db()
    steps = list(dossier.steps.order_by("pk").values_list("key", "finished_at", "assignee_id"))
    posts = list(Post.objects.order_by("pk").values_list("person_id", "unit_id", "valid_to"))[:20]
    return dossier.status, steps, Draft.objects.filter(person=dossier.applicant).count(), posts, Token.objects.get().revoked_at


def test_an_finds_what_is_ans(client, office, dossier):
    """Else the walk above would prove nothing."""
    sign_in(client, office.an)
    assert client.get(f"/ho-so/{dossier.code}/").status_code == 200
    sign_in(client, office.specialist)
    assert client.get(f"/nghiep-vu/ho-so/{dossier.code}/").status_code == 200


def test_foreign_keys_point_down():
    """A room knows the rooms below it, never those above."""
    from django.apps import apps

    order = ["kernel", "directory", "messaging", "signing", "sharing", "payments", "procedures", "dossiers", "portal"]
    beside = [{"messaging", "signing", "sharing"}, {"payments", "procedures"}]
    wrong = []
    for model in apps.get_models():
        room = model.__module__.split(".")[1] if model.__module__.startswith("tinhso.") else ""
        for field in model._meta.get_fields() if room else []:
            target = field.related_model if field.concrete and field.is_relation else None
            other = target.__module__.split(".")[1] if target and target.__module__.startswith("tinhso.") else room
            if order.index(other) > order.index(room) or (other != room and any({room, other} <= level for level in beside)):
                wrong.append(f"{model.__name__}.{field.name} points to {target.__name__}")
    assert wrong == []
