"""The control sheet: every hand-over of a dossier, read from its steps; nothing is typed by hand."""

from collections import defaultdict
from datetime import datetime

from tinhso.dossiers.models import Dossier, Opinion, Pause, Status, Step
from tinhso.dossiers.printing.words import short_moment
from tinhso.dossiers.rules.punctuality import WORDS, punctuality

Row = list[str]


def control_rows(dossier: Dossier) -> list[Row]:
    """Return the hand-overs in order: who gave to whom, when, and whether the giver was in time."""
    steps = list(
        Step.objects.filter(dossier=dossier)
        .select_related("unit", "unit__agency", "assignee", "finished_by", "acting_for")
        .order_by("opened_at", "pk")
    )
    opened: dict[datetime, list[Step]] = defaultdict(list)
    for step in steps:
        opened[step.opened_at].append(step)
    taken = steps[0] if steps else None
    clerk = taken.finished_by.full_name if taken and taken.finished_by else ""
    rows: list[tuple[datetime, Row]] = []
    if dossier.received_at:
        first = ["Người nộp hồ sơ", dossier.receiving_unit.name, short_moment(dossier.received_at), dossier.applicant.full_name, clerk]
        rows.append((dossier.received_at, [*first, "", f"Nộp lúc {short_moment(dossier.filed_at)}, {dossier.get_channel_display()}"]))
    for step in steps:
        if step.finished_at is None:
            continue
        nexts = [other for other in opened[step.finished_at] if other.pk != step.pk]
        rows.append((step.finished_at, _handed_over(dossier, step, nexts)))
    rows += [(at, row) for at, row in _waits(dossier)]
    rows.sort(key=lambda pair: pair[0])
    return [[str(number), *row] for number, (_, row) in enumerate(rows, 1)]


def _handed_over(dossier: Dossier, step: Step, nexts: list[Step]) -> Row:
    giver = step.finished_by.full_name if step.finished_by else ""
    if step.acting_for:
        giver += f" (thay {step.acting_for.full_name})"
    cancelled = step.conclusion == Step.Conclusion.CANCELLED
    if step.does == "return" and not cancelled:
        to, receiver = "Người nộp hồ sơ", dossier.applicant.full_name
    elif cancelled:
        to, receiver = "", ""
    else:
        to = "; ".join(dict.fromkeys(place(other) for other in nexts)) or "chờ nhánh song song"
        receiver = "; ".join(dict.fromkeys(name for name in map(_receiver, nexts) if name))
    moment = step.finished_at
    result = "" if cancelled or moment is None else WORDS[punctuality(moment, step.due_at)].capitalize()
    notes = [step.name, step.get_conclusion_display() if step.conclusion != Step.Conclusion.DONE else "", step.note]
    return [place(step), to, short_moment(moment), giver, receiver, result, ". ".join(note for note in notes if note)]


def place(step: Step) -> str:
    """Return the unit with its agency, so that a sheet that leaves the house is understood."""
    unit = step.unit
    return (
        unit.name
        if unit.agency is None or unit.agency_id == unit.pk or unit.agency.name in unit.name
        else f"{unit.name}, {unit.agency.name}"
    )


def _receiver(step: Step) -> str:
    person = step.finished_by or step.assignee
    return person.full_name if person else ""


def _waits(dossier: Dossier) -> list[tuple[datetime, Row]]:
    """Return the times when the clock stood still, and the questions to other agencies: they explain a late date."""
    rows = []
    for pause in Pause.objects.filter(dossier=dossier):
        until = short_moment(pause.ended_at) if pause.ended_at else "nay"
        rows.append(
            (pause.started_at, ["", "", short_moment(pause.started_at), "", "", "Tạm dừng", f"{pause.get_reason_display()}, đến {until}"])
        )
    for opinion in Opinion.objects.filter(dossier=dossier).select_related("agency", "asked_by", "answered_by"):
        asked = ["Lấy ý kiến", opinion.agency.name, short_moment(opinion.asked_at), opinion.asked_by.full_name, "", "", opinion.question]
        rows.append((opinion.asked_at, asked))
        if opinion.answered_at:
            result = WORDS[punctuality(opinion.answered_at, opinion.due_at)].capitalize()
            by = opinion.answered_by.full_name if opinion.answered_by else ""
            answer = [opinion.agency.name, dossier.solving_agency.name, short_moment(opinion.answered_at), by, "", result, opinion.answer]
            rows.append((opinion.answered_at, answer))
    if dossier.status in (Status.STOPPED, Status.WITHDRAWN) and dossier.finished_at:
        rows.append(
            (dossier.finished_at, ["", "", short_moment(dossier.finished_at), "", "", dossier.get_status_display(), dossier.closed_reason])
        )
    return rows


def other_agencies(dossier: Dossier) -> list[str]:
    """Return the names of the agencies that took part besides the solving one."""
    names = [
        step.unit.agency.name
        for step in Step.objects.filter(dossier=dossier).select_related("unit__agency").order_by("pk")
        if step.unit.agency
    ]
    names += [opinion.agency.name for opinion in Opinion.objects.filter(dossier=dossier).select_related("agency").order_by("pk")]
    return [name for name in dict.fromkeys(names) if name != dossier.solving_agency.name]
