"""The door through which the bank tells of transfers."""

import time

import structlog
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from connectors.bank.client import Told
from connectors.bank.signatures import HEADER, NotBelieved, check
from tinhso.kernel.errors import Refused
from tinhso.payments.actions import record_transfer
from tinhso.payments.models import Payment

log = structlog.get_logger()
LARGEST = 16 * 1024


@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> JsonResponse:
    """Take one transfer. Told twice, it is noted once and the answer says so."""
    if not settings.ENV.bank_callback_secret:
        return problem(503, "Chưa kết nối ngân hàng.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return problem(413, "Nội dung quá dài.")
    body = request.body
    try:
        signature = request.headers.get(HEADER, "")
        check(settings.ENV.bank_callback_secret, signature, verb="POST", path=request.path, body=body, now=int(time.time()))
    except NotBelieved as doubt:
        log.warning("bank_call_not_believed", why=str(doubt))
        return problem(401, "Chữ ký không đúng hoặc đã quá hạn.")
    try:
        transfer = Told.model_validate_json(body).transfer()
    except ValidationError as fault:
        return problem(422, "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()))
    known = Payment.objects.filter(bank_reference=transfer.reference).exists()
    try:
        payment = record_transfer(transfer)
    except Refused as refusal:
        return problem(409, refusal.sentence)
    return JsonResponse({"reference": payment.bank_reference, "status": "known" if known else "recorded", "verdict": payment.verdict})


def problem(status: int, detail: str) -> JsonResponse:
    return JsonResponse(
        {"title": "Không ghi nhận được", "status": status, "detail": detail}, status=status, content_type="application/problem+json"
    )
