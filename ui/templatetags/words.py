"""Filters that write values as people read them. Loaded in every template."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from tinhso.kernel.vault import mask

register = template.Library()


def _grouped(value, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".replace(",", "\0").replace(".", ",").replace("\0", ".")


def _decimal(value) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def _read(value):
    if isinstance(value, str):
        value = parse_datetime(value) if "T" in value or ":" in value else parse_date(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value


@register.filter
def money(value) -> str:
    """1250000 → "1.250.000 đ"; nothing stays nothing."""
    amount = _decimal(value)
    return "" if amount is None else f"{_grouped(amount)} đ"


@register.filter
def number(value, digits: int = 0) -> str:
    """12345.6 → "12.346"; with 1 → "12.345,6"."""
    amount = _decimal(value)
    return "" if amount is None else _grouped(amount, int(digits))


@register.filter
def percent(value, digits: int = 2) -> str:
    """96.57 → "96,57 %"."""
    amount = _decimal(value)
    return "" if amount is None else f"{_grouped(amount, int(digits))} %"


@register.filter
def day(value) -> str:
    """A date, a moment or an ISO text → "20/11/2026"."""
    value = _read(value)
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else ""


@register.filter
def moment(value) -> str:
    """A moment or an ISO text → "14:30 20/11/2026"."""
    value = _read(value)
    if isinstance(value, datetime):
        return value.strftime("%H:%M %d/%m/%Y")
    return day(value)


@register.filter
def hour(value) -> str:
    """A moment → "14:30"."""
    value = _read(value)
    return value.strftime("%H:%M") if isinstance(value, datetime) else ""


@register.filter
def masked(value, shown: int = 3) -> str:
    """ "049085001234" → "*********234"."""
    return mask(str(value or ""), int(shown))


@register.filter
def initial(value) -> str:
    """The first letter large, the rest untouched: for names written small inside sentences."""
    text = str(value or "")
    return text[:1].upper() + text[1:]
