"""One way to draw every field: a bound field of a Django form and plain values give the same `Control`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

# Widget → kind of control; subclasses before what they inherit from.
KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.SelectMultiple, "select"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.HiddenInput, "hidden"),
    (forms.PasswordInput, "password"),
    (forms.EmailInput, "email"),
    (forms.NumberInput, "number"),
    (forms.DateInput, "date"),
    (forms.URLInput, "url"),
]
# What each kind adds to its input; phones then show the right keyboard.
HINTS: dict[str, dict[str, Any]] = {
    "date": {"inputmode": "numeric", "data-date": True, "data-width": "short", "placeholder": "ngày/tháng/năm", "maxlength": 10},
    "money": {"inputmode": "numeric", "data-money": True, "data-width": "short"},
    "tel": {"inputmode": "tel", "autocomplete": "tel", "data-width": "medium"},
    "email": {"inputmode": "email", "autocomplete": "email", "data-width": "medium", "spellcheck": "false"},
    "number": {"data-width": "short", "inputmode": "numeric"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "data-width": "short", "spellcheck": "false"},
    "digits": {"inputmode": "numeric", "data-width": "medium", "spellcheck": "false"},
}
TYPES = {"date": "text", "money": "text", "code": "text", "digits": "text"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool
    id: str
    help: str = ""


@dataclass(frozen=True)
class Control:
    id: str
    name: str
    label: str
    kind: str
    value: str = ""
    help: str = ""
    errors: tuple[str, ...] = ()
    required: bool = False
    checked: bool = False
    multiple: bool = False
    options: tuple[Option, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return TYPES.get(self.kind, self.kind)

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join(parts + ([f"{self.id}-error"] if self.errors else []))

    @property
    def in_group(self) -> bool:
        return self.kind in ("radios", "checkboxes")


def bound_control(bound: BoundField, kind: str = "", label: str = "", help: str = "", **attributes) -> Control:
    """Read a bound field: its widget decides the kind unless one is named."""
    widget = bound.field.widget
    kind = kind or getattr(widget, "kind", "") or next((name for cls, name in KINDS if isinstance(widget, cls)), "text")
    value = bound.value()
    identifier = bound.id_for_label if kind not in ("radios", "checkboxes") else bound.auto_id
    identifier = identifier or f"id_{bound.html_name}"
    options: tuple[Option, ...] = ()
    if kind in ("select", "radios", "checkboxes"):
        chosen = widget.format_value(value)
        chosen = [str(item) for item in chosen] if isinstance(chosen, list | tuple) else [str(chosen or "")]
        flat = [option for _group, members, _index in widget.optgroups(bound.html_name, chosen) for option in members]
        options = tuple(
            Option(str(option["value"]), str(option["label"]), bool(option["selected"]), f"{identifier}_{number}")
            for number, option in enumerate(flat)
            # A choice of nothing belongs in a list that folds, not among buttons.
            if kind == "select" or str(option["value"]) != ""
        )
        text = ""
    elif kind in ("checkbox", "file", "password"):
        text = ""
    else:
        formatted = widget.format_value(value)
        text = "" if formatted is None else str(formatted)
    inherent = {
        name: attr
        for name, attr in {**widget.attrs, **bound.field.widget_attrs(widget)}.items()
        if name not in ("id", "class", "required", "aria-describedby")
    }
    return Control(
        id=identifier,
        name=bound.html_name,
        label=label or str(bound.label),
        kind=kind,
        value=text,
        help=help or str(bound.help_text or ""),
        errors=tuple(bound.errors),
        required=bound.field.required,
        checked=kind == "checkbox" and bool(value),
        multiple=bool(getattr(widget, "allow_multiple_selected", False)),
        options=options,
        attributes=_tidy({**HINTS.get(kind, {}), **inherent, **attributes}),
    )


def plain_control(
    name: str = "",
    label: str = "",
    kind: str = "text",
    value: Any = "",
    help: str = "",
    error: Any = "",
    required: Any = False,
    checked: Any = False,
    multiple: Any = False,
    options: Iterable = (),
    id: str = "",
    **attributes,
) -> Control:
    """Make a control from plain values; `options` are pairs (value, label) or triples with a help."""
    identifier = id or f"id_{name}"
    chosen = [str(item) for item in value] if isinstance(value, list | tuple | set) else [str(value if value is not None else "")]
    rows = [tuple(row) for row in options or ()]
    return Control(
        id=identifier,
        name=name,
        label=label,
        kind=kind,
        value="" if rows or value is None else str(value),
        help=help,
        errors=tuple(error) if isinstance(error, list | tuple) else (str(error),) if error else (),
        required=_yes(required),
        checked=_yes(checked),
        multiple=_yes(multiple),
        options=tuple(
            Option(str(row[0]), str(row[1]), str(row[0]) in chosen, f"{identifier}_{number}", str(row[2]) if len(row) > 2 else "")
            for number, row in enumerate(rows)
        ),
        attributes=_tidy({**HINTS.get(kind, {}), **attributes}),
    )


def _yes(value) -> bool:
    """Components hand over `required`, `required="True"` and `:required="flag"` alike."""
    return value is True or value in ("True", "true", "yes", "required", "checked", "multiple")


def _tidy(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in attributes.items() if value not in (None, "", False)}
