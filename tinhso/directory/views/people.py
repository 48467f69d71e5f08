"""People and posts, for administrators: find, add, give and end posts, help with lost passwords and second factors."""

import base64
import binascii
import json
from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.directory.access import (
    administered_officials,
    administered_units,
    can_administer,
    can_administer_person,
    can_administer_province,
)
from tinhso.directory.actions import (
    add_official,
    end_post,
    end_sessions,
    give_password,
    give_post,
    reset_second_factor,
    resume_official,
    stop_official,
)
from tinhso.directory.actions.officials import OF_THE_PROVINCE
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Delegation, Person, PersonQuerySet, Post, Role, Unit
from tinhso.directory.second_factor import has_second_factor
from tinhso.directory.views.forms import EndForm, OfficialForm, PostForm, attempt, choose_from
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.events import timeline

PAGE = 50


def administrator_page(view):
    """Open a page to administrators; others find nothing."""

    @officer_page
    def page(request: PersonRequest, *args, **options):
        if not can_administer(request.person):
            raise Http404
        return view(request, *args, **options)

    return page


def _official(request: PersonRequest, pk: int) -> Person:
    return get_object_or_404(administered_officials(request.person), pk=pk)


@administrator_page
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    officials = administered_officials(request.person).officials_called(text)
    rows, after = _page(officials, request.GET.get("sau", ""))
    day = localdate()
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.filter(person__in=rows).select_related("unit__agency").order_by("valid_from"):
        if post.valid_to is None or post.valid_to > day:
            posts.setdefault(post.person_id, []).append(post)
    context = {
        "text": text,
        "rows": [{"person": person, "posts": posts.get(person.pk, [])} for person in rows],
        "after": after,
        "begun": "sau" in request.GET,
    }
    return render(request, "directory/people.html", context)


def _page(officials: PersonQuerySet, cursor: str) -> tuple[list[Person], str]:
    """Return a page in the order of names and the cursor of the next; no page costs more than the first."""
    ordered: QuerySet[Person] = officials.order_by("folded_name", "pk").only("pk", "full_name", "folded_name", "username", "is_active")
    if cursor:
        try:
            name, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            ordered = ordered.extra(where=["(directory_person.folded_name, directory_person.id) > (%s, %s)"], params=[str(name), int(key)])
        except (binascii.Error, TypeError, ValueError):
            raise Http404 from None
    rows = list(ordered[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], base64.urlsafe_b64encode(json.dumps([last.folded_name, last.pk]).encode()).decode()


def _agency(request: PersonRequest) -> Unit | None:
    """Return the agency chosen in the first step of adding or giving."""
    chosen = request.GET.get("co-quan", "")
    return administered_units(request.person).agencies().on(localdate()).filter(pk=chosen).first() if chosen.isdigit() else None


def _choose_agency(request: PersonRequest, title: str, back: str) -> HttpResponse:
    agencies = administered_units(request.person).agencies().on(localdate()).select_related("parent").order_by("kind", "sort_name")
    return render(request, "directory/choose_agency.html", {"agencies": agencies, "title": title, "back": back})


def _roles(request: PersonRequest) -> list[tuple[str, str]]:
    province = can_administer_province(request.person)
    return [(role.value, str(role.label).capitalize()) for role in Role if province or role not in OF_THE_PROVINCE]


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PersonRequest) -> HttpResponse:
    agency = _agency(request)
    if agency is None:
        return _choose_agency(request, _("Thêm cán bộ"), "")
    units = Unit.objects.on(localdate()).filter(agency=agency).order_by("kind", "sort_name")
    form = OfficialForm(request.POST or None, units=units, initial={"first": localdate()})
    choose_from(form, "role", _roles(request))
    if request.method == "POST" and form.is_valid():
        added = attempt(form, lambda: add_official(**form.cleaned_data, by=request.person, at=now()))
        if added is not None:
            return render(request, "directory/shown_once.html", {"person": added[0], "secret": added[1], "kind": "password"})
    status = 422 if form.errors else 200
    return render(request, "directory/add_official.html", {"form": form, "agency": agency}, status=status)


@administrator_page
@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    person = _official(request, pk)
    return _detail(request, person)


def _detail(request: PersonRequest, person: Person, *, ending: tuple[int, EndForm] | None = None) -> HttpResponse:
    day, mine = localdate(), can_administer_person(request.person, person)
    units = set(administered_units(request.person).values_list("pk", flat=True))
    posts = []
    for post in person.posts.select_related("unit__agency").order_by("-valid_from", "-pk"):
        ended = post.valid_to is not None and post.valid_to <= day
        form = ending[1] if ending and ending[0] == post.pk else EndForm(auto_id=f"post-{post.pk}-%s")
        may_end = not ended and post.unit_id in units and request.person.pk != person.pk
        posts.append(
            {"post": post, "ended": ended, "last": post.valid_to and post.valid_to - timedelta(days=1), "form": form, "may_end": may_end}
        )
    context = {
        "person": person,
        "posts": posts,
        "mine": mine,
        "may_give": request.person.pk != person.pk,
        "second_factor": has_second_factor(person),
        "lent": Delegation.objects.filter(post__person=person).select_related("post__unit", "delegate").order_by("-first")[:20],
        "events": list(timeline(person))[-20:],
    }
    return render(request, "directory/official.html", context, status=422 if ending else 200)


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: PersonRequest, pk: int) -> HttpResponse:
    person, agency = _official(request, pk), _agency(request)
    if agency is None:
        return _choose_agency(request, _("Giao vị trí cho %(person)s") % {"person": person}, str(person.pk))
    units = Unit.objects.on(localdate()).filter(agency=agency).order_by("kind", "sort_name")
    form = PostForm(request.POST or None, units=units, initial={"first": localdate()})
    choose_from(form, "role", _roles(request))
    if request.method == "POST" and form.is_valid():
        post = attempt(form, lambda: give_post(person, **form.cleaned_data, by=request.person, at=now()))
        if post is not None:
            messages.success(request, _("Đã giao vị trí."))
            return redirect("official", pk=person.pk)
    status = 422 if form.errors else 200
    return render(request, "directory/give_post.html", {"form": form, "agency": agency, "person": person}, status=status)


@administrator_page
@require_POST
def end(request: PersonRequest, pk: int, post_pk: int) -> HttpResponse:
    person = _official(request, pk)
    post = get_object_or_404(person.posts.filter(unit__in=administered_units(request.person)), pk=post_pk)
    form = EndForm(request.POST, auto_id=f"post-{post.pk}-%s")
    if form.is_valid() and attempt(form, lambda: end_post(post, last=form.cleaned_data["last"], by=request.person, at=now())):
        messages.success(request, _("Đã ghi ngày kết thúc vị trí."))
        return redirect("official", pk=person.pk)
    return _detail(request, person, ending=(post.pk, form))


def _do(request: PersonRequest, pk: int, action, sentence: str) -> HttpResponse:
    person = _official(request, pk)
    try:
        action(person, by=request.person, at=now())
        messages.success(request, sentence)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("official", pk=person.pk)


@administrator_page
@require_POST
def second_factor(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, reset_second_factor, _("Đã xóa xác thực hai lớp; lần đăng nhập tới sẽ thiết lập lại."))


@administrator_page
@require_POST
def sessions(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, end_sessions, _("Đã kết thúc mọi phiên làm việc của người này."))


@administrator_page
@require_POST
def activity(request: PersonRequest, pk: int) -> HttpResponse:
    if request.POST.get("active") == "yes":
        return _do(request, pk, resume_official, _("Đã mở lại tài khoản."))
    return _do(request, pk, stop_official, _("Đã ngừng tài khoản."))


@administrator_page
@require_POST
def password(request: PersonRequest, pk: int) -> HttpResponse:
    person = _official(request, pk)
    try:
        secret = give_password(person, by=request.person, at=now())
    except NotAllowed:
        raise Http404 from None
    return render(request, "directory/shown_once.html", {"person": person, "secret": secret, "kind": "password"})
