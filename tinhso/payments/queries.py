"""Questions about payments."""

from datetime import date

from django.db.models import Model, QuerySet, Sum

from tinhso.payments.models import BankAccount, Payment, PaymentRequest, Refund
from tinhso.payments.rules import LONGEST_PURPOSE, found_in, key_of

SHORTEST = 6


def payments_about(about: Model) -> QuerySet[PaymentRequest]:
    """Return what was asked for an object, oldest first."""
    return PaymentRequest.objects.filter(subject_kind=about._meta.label_lower, subject_id=about.pk).order_by("id")


def due_about(about: Model) -> PaymentRequest | None:
    """Return what is to be paid for an object now."""
    return payments_about(about).filter(state=PaymentRequest.State.DUE).first()


def account_for(agency_id: int, day: date) -> BankAccount | None:
    """Return the account of an agency on a day, or the one for everybody."""
    rows = BankAccount.objects.filter(agency_id=agency_id) | BankAccount.objects.filter(agency_id=None)
    fitting = rows.filter(valid_from__lte=day)
    return max(fitting, key=lambda row: (row.agency_id is not None, row.valid_from), default=None)


def request_in(remark: str) -> PaymentRequest | None:
    """Return the request that the remark of a transfer names."""
    # The key stands in the remark; only letters and digits of it are compared, so ask the database for few candidates.
    squeezed = key_of(remark[:300])
    pieces = {
        squeezed[start : start + length] for length in range(SHORTEST, LONGEST_PURPOSE + 1) for start in range(len(squeezed) - length + 1)
    }
    keys = dict(PaymentRequest.objects.filter(key__in=pieces).values_list("key", "pk"))
    number = found_in(remark, keys)
    return PaymentRequest.objects.select_related("account").filter(pk=number).first() if number else None


def received_for(request: PaymentRequest) -> int:
    """Return what has come in for a request so far and counts towards it."""
    counted = Payment.objects.filter(request=request).exclude(verdict=Payment.Verdict.LATE)
    return counted.aggregate(total=Sum("amount"))["total"] or 0


def held_for(request: PaymentRequest) -> int:
    """Return what we hold of a request's money: all that came, late or too much, less what went back."""
    came = Payment.objects.filter(request=request).aggregate(total=Sum("amount"))["total"] or 0
    went = Refund.objects.filter(request=request, state=Refund.State.DONE).aggregate(total=Sum("amount"))["total"] or 0
    return came - went
