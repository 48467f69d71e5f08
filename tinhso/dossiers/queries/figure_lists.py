"""Behind every figure: its dossiers. The conditions are those that counted them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tinhso.dossiers.models import Dossier, Status
from tinhso.dossiers.queries.figures import (
    ARRIVALS,
    COUNTED,
    ENDINGS,
    ISSUED,
    LATE,
    RECEIVED,
    STOCKS,
    Scope,
    Window,
    arrived,
    ended,
    open_at,
    open_states,
    refused_results,
)

LABELS = {
    "total": "Tổng số, kể cả từ chối tiếp nhận",
    "process": "Tổng số hồ sơ giải quyết",
    "received": "Tiếp nhận trong kỳ",
    "online": "Tiếp nhận trực tuyến",
    "at_desk": "Tiếp nhận trực tiếp và bưu chính",
    "counter": "Tiếp nhận trực tiếp",
    "post": "Tiếp nhận qua bưu chính",
    "carried_over": "Từ kỳ trước chuyển sang",
    "denied": "Từ chối tiếp nhận",
    "dropped": "Rút hoặc dừng trước khi tiếp nhận",
    "released": "Đã giải quyết",
    "in_time": "Giải quyết trước và đúng hạn",
    "early": "Giải quyết trước hạn",
    "on_time": "Giải quyết đúng hạn",
    "late": "Giải quyết quá hạn",
    "unresolved": "Kết quả không chấp thuận",
    "releasing": "Xong, chờ trả kết quả",
    "done": "Đã trả kết quả chấp thuận",
    "cancelled": "Dừng giải quyết và rút hồ sơ",
    "stopped": "Dừng giải quyết",
    "stopped_late": "Dừng giải quyết sau hạn hẹn",
    "withdrawn": "Người nộp rút hồ sơ",
    "open": "Đang giải quyết",
    "processing": "Đang xử lý",
    "within_time": "Đang giải quyết, trong hạn",
    "undue": "Đang xử lý trong hạn",
    "overdue": "Đang giải quyết, quá hạn",
    "waiting": "Tạm dừng, chờ bổ sung hoặc nghĩa vụ tài chính",
    "asked_in_time": "Yêu cầu bổ sung trong hạn, đang chờ",
    "asked_late": "Yêu cầu bổ sung khi đã quá hạn, đang chờ",
}


def dossiers_behind(name: str, window: Window, *, now: datetime, within: Scope) -> QuerySet[Dossier]:
    """Return the dossiers that a figure counts, the newest first; LookupError for a name that is no figure."""
    return within.on(_behind(name, window, now)).order_by("-pk")


def _behind(name: str, window: Window, now: datetime) -> QuerySet[Dossier]:
    ended_here, open_here = ended(window), open_at(window.until, now)
    if name in ARRIVALS:
        return arrived(window).filter(COUNTED[name])
    if name in ENDINGS and name in COUNTED:
        return ended_here.filter(COUNTED[name])
    if name in STOCKS:
        return open_here.filter(open_states(window.until)[name])
    said_no = refused_results()
    states = open_states(window.until)
    # Everything that was in the house for a moment of the period.
    present = Q(received_at__lt=window.until) & (Q(finished_at=None) | Q(finished_at__gte=window.since))
    wider: dict[str, QuerySet[Dossier]] = {
        "received": arrived(window),
        "at_desk": arrived(window).exclude(channel="online"),
        "carried_over": open_at(window.since, now),
        "released": ended_here.filter(ISSUED),
        "in_time": ended_here.filter(ISSUED).exclude(LATE),
        "unresolved": ended_here.filter(said_no),
        "releasing": ended_here.filter(status=Status.FINISHED).exclude(said_no),
        "done": ended_here.filter(status=Status.RETURNED).exclude(said_no),
        "cancelled": ended_here.filter(RECEIVED, status__in=[Status.STOPPED, Status.WITHDRAWN]),
        "open": open_here,
        "processing": open_here.filter(states["undue"] | states["overdue"]),
        "within_time": open_here.filter(states["undue"] | states["waiting"]),
        "process": Dossier.objects.filter(present),
        "total": Dossier.objects.filter(present | (COUNTED["denied"] & Q(finished_at__gte=window.since, finished_at__lt=window.until))),
    }
    return wider[name]
