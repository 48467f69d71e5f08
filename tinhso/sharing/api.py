"""A system's own subscriptions: `/api/v1/subscriptions`."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tinhso.directory.api import Caller, TokenAuth
from tinhso.directory.models import Token
from tinhso.kernel.api import PROBLEMS, answer, serve
from tinhso.sharing.actions import resume, subscribe, unsubscribe
from tinhso.sharing.models import Notice, Subscription
from tinhso.sharing.offers import OFFERS

router = Router(auth=TokenAuth("subscriptions"))
serve("subscriptions", router, tag="Đăng ký nhận sự kiện")
MOST_SHOWN = 200


class SubscriptionShape(Schema):
    id: int
    url: str
    kinds: list[str] = Field(description="Rỗng: mọi loại sự kiện")
    created_at: datetime
    sent: int
    last_sent_at: datetime | None
    waiting: int = Field(description="Số sự kiện chưa giao")
    error: str
    next_try_at: datetime | None
    suspended_at: datetime | None


class SubscriptionMade(SubscriptionShape):
    secret: str = Field(description="Khóa ký, chỉ hiện một lần")


class SubscriptionPage(Schema):
    items: list[SubscriptionShape]
    next: str | None


class SubscriptionIn(Schema):
    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kinds: Annotated[list[Annotated[str, StringConstraints(max_length=80)]], Field(max_length=100)] = []


class Kind(Schema):
    kind: str
    sentence: str


class Kinds(Schema):
    items: list[Kind]


class Waiting(Schema):
    event_id: int
    attempts: int
    next_try_at: datetime
    given_up_at: datetime | None
    error: str


class WaitingPage(Schema):
    items: list[Waiting]


class Resumed(Schema):
    waiting: int


@router.get("/kinds", response={200: Kinds, **PROBLEMS}, summary="Các loại sự kiện có thể nhận", operation_id="listEventKinds")
def list_kinds(request: HttpRequest) -> HttpResponse:
    return answer({"items": [{"kind": one.kind, "sentence": one.sentence} for one in OFFERS.values()]})


@router.get("", response={200: SubscriptionPage, **PROBLEMS}, summary="Các đăng ký của hệ thống", operation_id="listSubscriptions")
def list_subscriptions(request: HttpRequest) -> HttpResponse:
    return answer({"items": [_shown(one) for one in _own(request)], "next": None})


@router.post("", response={201: SubscriptionMade, **PROBLEMS}, summary="Đăng ký nhận sự kiện", operation_id="subscribe")
def post_subscription(request: HttpRequest, given: SubscriptionIn) -> HttpResponse:
    """Mỗi sự kiện được gửi bằng POST theo CloudEvents 1.0, ký bằng khóa trả về ở đây, đúng thứ tự trong từng hồ sơ."""
    subscription, secret = subscribe(_token(request), url=given.url, kinds=given.kinds, at=now())
    subscription.refresh_from_db()
    return answer({**_shown(subscription), "secret": secret}, 201)


@router.get("/{int:subscription_id}", response={200: SubscriptionShape, **PROBLEMS}, summary="Một đăng ký", operation_id="getSubscription")
def get_subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    return answer(_shown(_one(request, subscription_id)))


@router.delete("/{int:subscription_id}", response={204: None, **PROBLEMS}, summary="Kết thúc đăng ký", operation_id="unsubscribe")
def delete_subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    unsubscribe(_one(request, subscription_id), by=_caller(request).system, at=now())
    return HttpResponse(status=204)


@router.get(
    "/{int:subscription_id}/waiting",
    response={200: WaitingPage, **PROBLEMS},
    summary="Các sự kiện chưa giao được",
    operation_id="listWaitingNotices",
)
def list_waiting(request: HttpRequest, subscription_id: int) -> HttpResponse:
    waiting = _one(request, subscription_id).notices.order_by("pk")
    return answer({"items": list(waiting.values("event_id", "attempts", "next_try_at", "given_up_at", "error")[:MOST_SHOWN])})


@router.post(
    "/{int:subscription_id}/resume",
    response={200: Resumed, **PROBLEMS},
    summary="Gửi lại ngay mọi sự kiện chưa giao",
    operation_id="resumeSubscription",
)
def post_resume(request: HttpRequest, subscription_id: int) -> HttpResponse:
    return answer({"waiting": resume(_one(request, subscription_id), by=_caller(request).system, at=now())})


def _caller(request: HttpRequest) -> Caller:
    return request.auth  # type: ignore[attr-defined]


def _token(request: HttpRequest) -> Token:
    return Token.objects.select_related("system").get(pk=_caller(request).token_id)


def _own(request: HttpRequest) -> Any:
    return Subscription.objects.filter(token__system=_caller(request).system, ended_at=None).order_by("pk")


def _one(request: HttpRequest, subscription_id: int) -> Subscription:
    found = _own(request).filter(pk=subscription_id).first()
    if found is None:
        raise Http404
    return found


def _shown(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.pk,
        "url": one.url,
        "kinds": one.kinds,
        "created_at": one.created_at,
        "sent": one.sent,
        "last_sent_at": one.last_sent_at,
        "waiting": Notice.objects.filter(subscription=one).count(),
        "error": one.error,
        "next_try_at": one.next_try_at,
        "suspended_at": one.suspended_at,
    }
