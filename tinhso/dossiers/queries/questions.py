"""The questions of a form as a page shows them: what is asked, what was answered, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinhso.directory.models import Person
from tinhso.dossiers.rules.answers import applies
from tinhso.procedures.definition import Definition, FormField, FormPage

# Kind of question → kind of control (`ui/fields.py`); what is not named is a line of text.
CONTROLS = {
    "long_text": "textarea",
    "money": "money",
    "date": "date",
    "choices": "checkboxes",
    "yes_no": "radios",
    "phone": "tel",
    "email": "email",
    "personal_number": "digits",
    "tax_code": "digits",
}
# More choices than this fold into a list.
RADIOS = 6
AUTOCOMPLETE = {"full_name": "name", "phone": "tel", "email": "email", "address": "street-address", "birth_date": "bday"}


@dataclass(frozen=True)
class Question:
    """One field with its value and its problem."""

    key: str
    label: str
    kind: str
    required: bool
    help: str
    choices: list[str]
    value: Any
    problem: str
    control: str
    autocomplete: str
    # Shown now; the others appear when their condition is met (by script), and are checked only then.
    shown: bool
    condition: str

    @property
    def options(self) -> list[tuple[str, str]]:
        first = [("", "Chọn…")] if self.control == "select" else []
        return first + [(choice, choice[:1].upper() + choice[1:]) for choice in self.choices]

    @property
    def written(self) -> Any:
        """Return the value as its control shows it."""
        return self.answered if self.kind == "date" else self.value

    @property
    def answered(self) -> str:
        """Return the answer as people read it."""
        if isinstance(self.value, list):
            return "; ".join(map(str, self.value))
        if self.kind == "date" and isinstance(self.value, str) and len(self.value) == 10 and self.value[4] == "-":
            year, month, day = self.value.split("-")
            return f"{day}/{month}/{year}"
        if self.kind == "money" and isinstance(self.value, int | float):
            return f"{self.value:,.0f}".replace(",", ".") + " đ"
        return str(self.value) if self.value not in (None, "") else ""


def questions(
    page: FormPage, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None, person: Person | None = None
) -> list[Question]:
    return [_question(one, answers, (problems or {}).get(one.key, ""), person) for one in page.fields]


def _question(one: FormField, answers: Mapping[str, Any], problem: str, person: Person | None) -> Question:
    value = answers.get(one.key)
    if value is None and one.prefill and person:
        value = prefilled(one.prefill, person)
    return Question(
        key=one.key,
        label=one.label,
        kind=one.kind,
        required=one.required,
        help=one.help,
        choices=["có", "không"] if one.kind == "yes_no" else one.choices,
        value="" if value is None else value,
        problem=problem,
        control=CONTROLS.get(one.kind, "text") if one.kind != "choice" else "radios" if len(one.choices) <= RADIOS else "select",
        autocomplete=AUTOCOMPLETE.get(one.prefill, "off"),
        shown=applies(one, answers),
        condition=";".join(f"{key}={'|'.join(values)}" for key, values in one.when.items()),
    )


def prefilled(source: str, person: Person) -> str:
    """Return what the signed-in person already told the state, so that nobody types it twice."""
    if source == "birth_date":
        return person.birth_date.isoformat() if person.birth_date else ""
    if source in ("full_name", "personal_number", "phone", "email", "address"):
        return str(getattr(person, source))
    return ""


def answered_pages(definition: Definition, answers: Mapping[str, Any]) -> list[tuple[FormPage, list[Question]]]:
    """Return every page with the questions that apply and have an answer, for reviews and for the desk."""
    pages = []
    for page in definition.forms:
        given = [question for question in questions(page, answers) if question.shown and question.answered]
        pages.append((page, given))
    return pages
