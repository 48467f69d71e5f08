"""The deadline of a stored dossier: its facts read from the database, its derivation, its cached moments."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tinhso.dossiers.models import Dossier, Pause, Step
from tinhso.dossiers.rules import deadlines
from tinhso.dossiers.rules.deadlines import Deadline, Facts, deadline
from tinhso.dossiers.rules.route import Route
from tinhso.kernel.calendars import calendar_for
from tinhso.procedures.definition import ChannelTerms, Definition

# An online dossier is checked and answered within 8 working hours (national procedures of 2026).
RECEPTION_CHECK = timedelta(hours=8)


def terms_of(definition: Definition, channel: str) -> ChannelTerms | None:
    """Return the terms of a channel, else the first that has a limit: many procedures state only one."""
    return (
        definition.terms(channel)
        if _has_limit(definition.terms(channel))
        else next((terms for terms in definition.channels if _has_limit(terms)), definition.terms(channel))
    )


def _has_limit(terms: ChannelTerms | None) -> bool:
    return terms is not None and any(phase.limit for phase in terms.phases)


def facts_of(dossier: Dossier, *, received_at: datetime | None = None) -> Facts:
    """Read the facts that the deadline depends on; `received_at` asks "what if it were received then"."""
    extension = getattr(dossier, "extension", None)
    received = received_at or dossier.received_at
    if received is None:
        raise ValueError(f"{dossier} has not been received")
    return facts_from(
        dossier.definition,
        dossier.channel,
        received,
        [deadlines.Pause(pause.started_at, pause.ended_at, Pause.Reason(pause.reason).label) for pause in dossier.pauses.all()],
        deadlines.Extension(extension.new_due_at, extension.at) if extension else None,
    )


def facts_from(
    definition: Definition,
    channel: str,
    received_at: datetime,
    pauses: Iterable[deadlines.Pause],
    extension: deadlines.Extension | None,
) -> Facts:
    """Put together what a deadline depends on, however it was read."""
    terms = terms_of(definition, channel)
    return Facts(
        received_at=received_at,
        limits=tuple(phase.limit for phase in terms.phases if phase.limit) if terms else (),
        pauses=tuple(pauses),
        extension=extension,
        convention=definition.convention,
        same_day=definition.same_day,
    )


def deadline_of(dossier: Dossier) -> Deadline:
    return deadline(facts_of(dossier), calendar_for(dossier.solving_agency_id))


def explain(dossier: Dossier) -> tuple[str, ...]:
    """Return the derivation of the due moment, sentence by sentence, for the citizen and for the judge."""
    if dossier.received_at is None:
        return (
            "Hồ sơ chưa được tiếp nhận nên thời hạn giải quyết chưa bắt đầu.",
            "Bộ phận Một cửa kiểm tra hồ sơ nộp trực tuyến trong 8 giờ làm việc.",
        )
    return deadline_of(dossier).sentences


def step_due(dossier: Dossier, step_key: str, opened_at: datetime) -> datetime | None:
    """Return when a step should be done: its share of the working time that is left until the dossier's due moment."""
    if dossier.due_at is None:
        return None
    route = route_of(dossier)
    share, left = route.by_key[step_key].share, route.remaining_share(step_key)
    calendar = calendar_for(dossier.solving_agency_id)
    remaining = calendar.between(opened_at, dossier.due_at)
    if not share or not left or not remaining:
        return dossier.due_at
    return min(dossier.due_at, calendar.add(opened_at, remaining * share / left))


_ROUTES: dict[int, Route] = {}


def route_of(dossier: Dossier) -> Route:
    """Return the compiled route of the dossier's version; versions are frozen, so it is kept."""
    if dossier.version_id not in _ROUTES:
        _ROUTES[dossier.version_id] = Route.of(dossier.definition.route)
    return _ROUTES[dossier.version_id]


def stale_deadlines(dossier: Dossier) -> list[str]:
    """Return which cached moments differ from the facts: nothing unless somebody wrote to the database by hand."""
    if dossier.received_at is None or not dossier.is_open:
        return []
    due = deadline_of(dossier).due_at
    wrong = [] if dossier.due_at == due else ["due_at"]
    return wrong + [f"step {step.key}" for step in Step.objects.filter(dossier=dossier).open() if step.legal_due_at != due]
