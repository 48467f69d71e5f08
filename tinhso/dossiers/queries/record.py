"""One dossier whole, for other systems: read by one statement, because programs ask for it all day."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from tinhso.dossiers.models import OwnerKind, Paper, Pause, Step
from tinhso.dossiers.queries.deadlines import facts_from
from tinhso.dossiers.queries.register import COLUMNS, JOINS, line, rows_of
from tinhso.dossiers.rules import deadlines
from tinhso.kernel.announcements import THROUGH, announced
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.vault import unseal
from tinhso.kernel.working_time import ZONE
from tinhso.payments.models import PaymentRequest
from tinhso.procedures.models import definition_of

STEPS = """coalesce((SELECT json_agg(json_build_object('id', s.id, 'key', s.key, 'name', s.name, 'does', s.does, 'unit', u.name, 'role', s.role,
  'assignee', a.username, 'assignee_name', a.full_name, 'opened_at', s.opened_at, 'due_at', s.due_at, 'finished_at', s.finished_at,
  'finished_by', f.username, 'conclusion', s.conclusion, 'note', s.note) ORDER BY s.id)
 FROM dossiers_step s JOIN directory_unit u ON u.id = s.unit_id
 LEFT JOIN directory_person a ON a.id = s.assignee_id LEFT JOIN directory_person f ON f.id = s.finished_by_id
 WHERE s.dossier_id = d.id {}), '[]'::json)"""
ALL_STEPS, OPEN_STEPS = STEPS.format(""), STEPS.format("AND s.finished_at IS NULL")
PARTS = f"""{ALL_STEPS} AS steps,
 coalesce((SELECT json_agg(json_build_object('id', r.id, 'component', r.component, 'name', r.name, 'form', r.form, 'quantity', r.quantity,
   'digitised', r.digitised, 'reused', r.reused, 'added_at', r.added_at, 'replaced_by', r.replaced_by_id,
   'file', CASE WHEN r.file_id IS NOT NULL THEN
     json_build_object('name', r.file_name, 'sha256', fi.sha256, 'size', fi.size, 'media_type', fi.media_type) END) ORDER BY r.id)
  FROM dossiers_paper r LEFT JOIN kernel_storedfile fi ON fi.sha256 = r.file_id WHERE r.dossier_id = d.id), '[]'::json) AS papers,
 coalesce((SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'grants', r.grants, 'outcome_code', r.outcome_code,
   'number', r.number, 'signed_at', r.signed_at, 'signed_by', sb.full_name, 'signed_for', sf.full_name, 'sealed_at', r.sealed_at,
   'signature_level', r.signature_level, 'reference', r.reference, 'file', CASE WHEN r.file_id IS NOT NULL THEN
     json_build_object('sha256', fi.sha256, 'size', fi.size, 'media_type', fi.media_type) END) ORDER BY r.id)
  FROM dossiers_result r LEFT JOIN directory_person sb ON sb.id = r.signed_by_id LEFT JOIN directory_person sf ON sf.id = r.signed_for_id
  LEFT JOIN kernel_storedfile fi ON fi.sha256 = r.file_id WHERE r.dossier_id = d.id), '[]'::json) AS results,
 coalesce((SELECT json_agg(json_build_object('at', e.at, 'kind', e.kind, 'payload', e.payload) ORDER BY e.id)
  FROM kernel_event e WHERE e.subject_kind = 'dossiers.dossier' AND e.subject_id = d.id), '[]'::json) AS events,
 coalesce((SELECT json_agg(json_build_object('reason', w.reason, 'started_at', w.started_at, 'ended_at', w.ended_at) ORDER BY w.id)
  FROM dossiers_pause w WHERE w.dossier_id = d.id), '[]'::json) AS pauses,
 coalesce((SELECT json_agg(json_build_object('id', o.id, 'agency', u.name, 'question', o.question, 'asked_at', o.asked_at, 'due_at', o.due_at,
   'answered_at', o.answered_at, 'agrees', o.agrees, 'answer', o.answer) ORDER BY o.id)
  FROM dossiers_opinion o JOIN directory_unit u ON u.id = o.agency_id WHERE o.dossier_id = d.id), '[]'::json) AS opinions,
 coalesce((SELECT json_agg(json_build_object('ordinal', m.ordinal, 'amount', m.amount, 'state', m.state, 'purpose', m.purpose,
   'asked_at', m.asked_at, 'expires_at', m.expires_at, 'paid_at', m.paid_at, 'token', m.token) ORDER BY m.id)
  FROM payments_paymentrequest m WHERE m.subject_kind = 'dossiers.dossier' AND m.subject_id = d.id), '[]'::json) AS payments,
 (SELECT json_build_object('items', q.items, 'reason', q.reason, 'asked_at', q.asked_at, 'answer_by', q.answer_by,
   'answered_at', q.answered_at, 'answer_note', q.answer_note) FROM dossiers_supplementrequest q WHERE q.dossier_id = d.id) AS supplement,
 (SELECT json_build_object('old_due_at', x.old_due_at, 'new_due_at', x.new_due_at, 'reason', x.reason, 'at', x.at)
  FROM dossiers_extension x WHERE x.dossier_id = d.id) AS extension"""  # noqa: S608
OWNER = """d.applicant_id, d.owner_kind, d.owner_name, d.owner_number, d.phone, d.email, d.address, d.answers, d.subject, d."case",
 d.wants_post, d.verified_account, d.version_id"""
# The same words as `access.dossiers_of_token`.
REACH = """(d.solving_agency_id = ANY(%(agencies)s) OR ru.agency_id = ANY(%(agencies)s)
 OR EXISTS (SELECT 1 FROM dossiers_step s JOIN directory_unit u ON u.id = s.unit_id
            WHERE s.dossier_id = d.id AND u.agency_id = ANY(%(agencies)s)))"""
RECORD = f"SELECT {COLUMNS}, {OWNER}, {PARTS} FROM dossiers_dossier d {JOINS} WHERE d.code = %(code)s AND {REACH}"  # noqa: S608
STANDING = f"SELECT {COLUMNS}, {OPEN_STEPS} AS open_steps FROM dossiers_dossier d {JOINS} WHERE d.id = %(id)s"  # noqa: S608
ROLE_NAMES = dict(Step._meta.get_field("role").choices or ())
PAYMENT_NAMES = dict(PaymentRequest.State.choices)
FORM_NAMES, OWNER_NAMES = dict(Paper.Form.choices), dict(OwnerKind.choices)


def standing(dossier_id: int) -> dict[str, Any]:
    """Return where a dossier stands: its line of the list and its open steps."""
    row = rows_of(STANDING, {"id": dossier_id})[0]
    return {**line(row), "open_steps": [_step(step) for step in _json(row["open_steps"])]}


def record_of(code: str, agencies: frozenset[int]) -> tuple[int, dict[str, Any]] | None:
    """Return the applicant's id and everything of a dossier that a token of these agencies may know; None if it may not."""
    found = rows_of(RECORD, {"code": code, "agencies": list(agencies)})
    if not found:
        return None
    row = found[0]
    results = [one for one in _json(row["results"]) if one["signed_at"]]
    return row["applicant_id"], {
        **line(row),
        "case": row["case"],
        "subject": row["subject"],
        "owner": {
            "kind": row["owner_kind"],
            "kind_name": OWNER_NAMES[row["owner_kind"]],
            "name": row["owner_name"],
            "number": unseal(row["owner_number"], "dossiers_dossier.owner_number"),
            "phone": unseal(row["phone"], "dossiers_dossier.phone"),
            "email": row["email"],
            "address": unseal(row["address"], "dossiers_dossier.address"),
        },
        "answers": _answers(row["answers"]),
        "wants_post": row["wants_post"],
        "verified_account": row["verified_account"],
        "tracking_url": f"{settings.SITE_URL}/tra-cuu/{row['reference']}/",
        "deadline": _deadline(row),
        "steps": [_step(step) for step in _json(row["steps"])],
        "papers": [_paper(paper, row["code"]) for paper in _json(row["papers"])],
        "results": [_result(result, row["code"]) for result in results],
        "payments": [_payment(payment) for payment in _json(row["payments"])],
        "supplement_request": _moments(row["supplement"] and _json(row["supplement"]), "asked_at", "answered_at"),
        "opinions": [_moments(opinion, "asked_at", "due_at", "answered_at") for opinion in _json(row["opinions"])],
        "timeline": [_told(event) for event in _json(row["events"])],
    }


def _json(value: Any) -> Any:
    """Return JSON as Python: Django's connection leaves what is no column of a model as text."""
    return json.loads(value) if isinstance(value, str) else value


def _answers(sealed: str) -> dict[str, Any]:
    return json.loads(unseal(sealed, "dossiers_dossier.answers")) if sealed else {}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(ZONE) if text else None


def _moments(value: dict[str, Any] | None, *names: str) -> dict[str, Any] | None:
    if value:
        for name in names:
            value[name] = _moment(value[name])
    return value


def _step(step: dict[str, Any]) -> dict[str, Any]:
    step["role_name"] = ROLE_NAMES[step["role"]]
    _moments(step, "opened_at", "due_at", "finished_at")
    return step


def _paper(paper: dict[str, Any], code: str) -> dict[str, Any]:
    paper["form_name"] = FORM_NAMES[paper["form"]]
    if paper["file"]:
        paper["file"]["href"] = f"/api/v1/dossiers/{code}/papers/{paper['id']}/content"
    _moments(paper, "added_at")
    return paper


def _result(result: dict[str, Any], code: str) -> dict[str, Any]:
    if result["file"]:
        result["file"]["href"] = f"/api/v1/dossiers/{code}/results/{result['id']}/content"
    result["verify_url"] = f"{settings.SITE_URL}/xac-minh/ket-qua/{result.pop('reference')}/"
    _moments(result, "signed_at", "sealed_at")
    return result


def _payment(payment: dict[str, Any]) -> dict[str, Any]:
    payment["state_name"] = PAYMENT_NAMES[payment["state"]]
    # Whoever has the address may pay, and sees nothing else.
    payment["pay_url"] = f"{settings.SITE_URL}{reverse('pay', args=[payment.pop('token')])}"
    _moments(payment, "asked_at", "expires_at", "paid_at")
    return payment


def _told(event: dict[str, Any]) -> dict[str, Any]:
    told = announced(event["kind"], event["payload"])
    return {
        "at": _moment(event["at"]),
        "kind": event["kind"],
        "text": told.says().strip(),
        "public": told.public,
        "through": event["payload"].get(THROUGH, ""),
    }


def _deadline(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the derivation of the due moment, as the citizen and the judge read it."""
    if row["received_at"] is None:
        return None
    pauses = [(_moment(one["started_at"]), _moment(one["ended_at"]), Pause.Reason(one["reason"]).label) for one in _json(row["pauses"])]
    extension = row["extension"] and _json(row["extension"])
    facts = facts_from(
        definition_of(row["version_id"]),
        row["channel"],
        row["received_at"],
        [deadlines.Pause(start, end, reason) for start, end, reason in pauses if start],
        deadlines.Extension(_moment(extension["new_due_at"]), _moment(extension["at"])) if extension else None,  # type: ignore[arg-type]
    )
    found = deadlines.deadline(facts, calendar_for(row["solving_agency_id"]))
    return {"due_at": found.due_at, "sentences": list(found.sentences)}
