"""An official lends their post to a colleague for a time, and takes it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.directory.actions import lend_post, take_back_post
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Delegation, Person, Post
from tinhso.directory.views.forms import LendForm, attempt
from tinhso.kernel.errors import NotAllowed


@officer_page
@require_http_methods(["GET", "HEAD", "POST"])
def lending(request: PersonRequest) -> HttpResponse:
    day, person = localdate(), request.person
    posts = list(Post.objects.held_on(day).filter(person=person).select_related("unit__agency").order_by("pk"))
    agencies = {post.unit.agency_id or post.unit_id for post in posts}
    colleagues = (
        Person.objects.officials()
        .filter(is_active=True, posts__in=Post.objects.held_on(day).filter(unit__agency__in=agencies))
        .exclude(pk=person.pk)
        .distinct()
        .order_by("folded_name", "pk")
    )
    form = LendForm(request.POST or None, posts=posts, colleagues=colleagues, today=day)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        post = next(post for post in posts if str(post.pk) == given.pop("post"))
        if attempt(form, lambda: lend_post(post, **given, by=person, at=now())):
            messages.success(request, _("Đã giao vị trí cho người làm thay."))
            return redirect("lending")
    given_by_me = Delegation.objects.filter(post__person=person).select_related("post__unit", "delegate").order_by("-first", "-pk")[:50]
    given_to_me = Delegation.objects.filter(delegate=person).select_related("post__unit", "post__person").order_by("-first", "-pk")[:50]
    context = {
        "form": form,
        "posts": posts,
        "given": [{"row": row, "runs": row.runs_on(day), "coming": row.is_coming(day)} for row in given_by_me],
        "received": [{"row": row, "runs": row.runs_on(day), "coming": row.is_coming(day)} for row in given_to_me],
    }
    return render(request, "directory/lending.html", context, status=422 if form.errors else 200)


@officer_page
@require_POST
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    lent = get_object_or_404(Delegation, pk=pk, post__person=request.person)
    try:
        take_back_post(lent, by=request.person, at=now())
    except NotAllowed:
        raise Http404 from None
    messages.success(request, _("Đã thu hồi."))
    return redirect("lending")
