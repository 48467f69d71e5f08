"""Tags that the shells and components stand on. Loaded in every template."""

import json
import uuid
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.directory.access import hats
from tinhso.directory.models import Post
from tinhso.kernel import menu as register_of_menu
from tinhso.kernel.calendars import calendar_for
from ui.deadlines import nearness
from ui.fields import bound_control, plain_control

register = template.Library()
UI = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def _icons() -> dict[str, str]:
    return json.loads((UI / "icons.json").read_text())


@lru_cache(maxsize=512)
def _icon(name: str, extra: str) -> str:
    if name not in _icons():
        raise template.TemplateSyntaxError(f"no icon {name!r}: add its name in bin/icons")
    # The drawings are files of our own, not something a person typed.
    return mark_safe(  # noqa: S308
        f'<svg class="icon{extra}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{_icons()[name]}</svg>'
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> str:
    """Draw a Tabler icon; it never stands without a word beside it."""
    return _icon(str(name), f" {extra}" if extra else "") if name else ""


@lru_cache(maxsize=64)
def _picture(name: str) -> str:
    return mark_safe((UI / "pictures" / f"{name}.svg").read_text().strip())  # noqa: S308


@register.simple_tag
def picture(name: str) -> str:
    """Draw one of our own illustrations (ui/pictures)."""
    return _picture(str(name)) if name else ""


@register.simple_tag
def once_key() -> str:
    """Return a new key for one pressing of one button."""
    return str(uuid.uuid4())


@register.simple_tag
def province() -> str:
    return settings.ENV.province_name


@register.simple_tag
def demonstration() -> bool:
    return settings.ENV.demo


@register.simple_tag(takes_context=True)
def menu(context, audience: str) -> list[dict]:
    """Return the entries that the person may see and whose pages exist, with the current one marked."""
    request = context.get("request")
    person = getattr(request, "user", None)
    if person is None:
        return []
    shown = []
    for entry in register_of_menu.entries(audience, person):
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        current = request.path == url or (url != "/" and request.path.startswith(url))
        shown.append(
            {
                # Rooms may name their entries plainly; the catalogue has the words.
                "label": gettext(str(entry.label)),
                "url": url,
                "icon": entry.icon,
                "count": entry.count(person) if person.is_authenticated else None,
                "current": current,
            }
        )
    # Only the closest of nested addresses is where we are.
    nearest = max((len(item["url"]) for item in shown if item["current"]), default=0)
    for item in shown:
        item["current"] = item["current"] and len(item["url"]) == nearest
    return shown


@register.simple_tag(takes_context=True)
def officer_menu(context) -> list[dict]:
    """Return the groups of the officers' menu that have something in them."""
    groups = [
        (_("Công việc"), "officer"),
        (_("Lãnh đạo"), "leader"),
        (_("Quản trị"), "administrator"),
        (_("Vận hành"), "operator"),
    ]
    found = [{"label": label, "items": menu(context, audience)} for label, audience in groups]
    return [group for group in found if group["items"]]


@register.simple_tag
def hat_of(person) -> str:
    """Return the post of an official as the screens name it ("Trưởng phòng, Phòng Tư pháp")."""
    worn = hats(person)
    if not worn:
        return ""
    own = next((hat for hat in worn if hat.acting_for_id is None), worn[0])
    post = Post.objects.select_related("unit").get(pk=own.post_id)
    title = post.title or post.get_role_display()
    return f"{title[:1].upper()}{title[1:]}, {post.unit.short_name or post.unit.name}"


@register.simple_tag(takes_context=True)
def due_of(context, due, now=None, done=None, paused=False, agency=None):
    """Say how near a legal deadline is (see ui/deadlines.py)."""
    agency = agency or None
    # One question for the calendar in a whole page of deadlines.
    request = context.get("request")
    known = {} if request is None else request.__dict__.setdefault("_calendars", {})
    if agency not in known:
        known[agency] = calendar_for(agency)
    return nearness(due or None, now or timezone.now(), known[agency], done=done or None, paused=bool(paused))


@register.simple_tag
def control_of(extra=None, **given):
    """Return everything a field needs to be drawn, from a bound field or from plain values; `extra` are its other attributes."""
    given = {name: value for name, value in given.items() if value != ""}
    if extra is not None:
        given |= {name: value for name, value in extra.attrs_dict().items() if name not in given}
    field = given.pop("field", None)
    return bound_control(field, **given) if field else plain_control(**given)


STATUS = {
    1: ("info", "inbox"),
    2: ("info", "clipboard-check"),
    3: ("danger", "circle-x"),
    4: ("info", "hourglass"),
    5: ("warning", "file-plus"),
    6: ("warning", "wallet"),
    7: ("neutral", "arrow-back-up"),
    8: ("neutral", "ban"),
    9: ("success", "circle-check"),
    10: ("success", "checks"),
}


@register.filter
def status_tone(status) -> str:
    """The tone of one of the ten national statuses of a dossier."""
    return STATUS.get(status, ("neutral", ""))[0]


@register.filter
def status_icon(status) -> str:
    return STATUS.get(status, ("", "info-circle"))[1]


@register.simple_tag
def attributes(given) -> str:
    """Write attributes that a component did not name, each escaped (cotton's own `attrs` escapes nothing)."""
    pairs = given.attrs_dict() if hasattr(given, "attrs_dict") else given
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in pairs.items()))


def _attribute(name: str, value) -> str:
    if value is True or value == "True":
        return format_html(" {}", name)
    return format_html(' {}="{}"', name, value) if value not in (None, "", False, "False") else ""
