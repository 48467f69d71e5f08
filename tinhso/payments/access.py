"""Who takes money, who puts it right, who sees which payment."""

from django.db.models import Q, QuerySet

from tinhso.directory.access import agencies_of, hat_for, roles
from tinhso.directory.models import Person, Role
from tinhso.payments.models import Payment, PaymentRequest, Refund

RECONCILERS = (Role.LEADER, Role.SUPERVISOR)


def can_collect(person: Person, request: PaymentRequest) -> bool:
    """Say whether the person may take cash: clerks at the agency that asks for it."""
    return hat_for(person, [Role.CLERK], agency_id=request.agency_id) is not None


def can_reconcile(person: Person, agency_id: int | None = None) -> bool:
    """Say whether the person may put payments right: not those who take the money.

    What nobody asked for belongs to no agency; supervisors of the province's procedures look after it.
    """
    if agency_id is None:
        return Role.SUPERVISOR in roles(person)
    return hat_for(person, RECONCILERS, agency_id=agency_id) is not None


def sees_reconciliation(person: Person) -> bool:
    return bool(roles(person) & set(RECONCILERS))


def payments_to_reconcile(person: Person) -> QuerySet[Payment]:
    """Return what came in and does not fit, for the agencies in which the person puts payments right."""
    mine = Q(request__agency__in=agencies_of(person, *RECONCILERS))
    if Role.SUPERVISOR in roles(person):
        mine |= Q(request=None)
    return Payment.objects.filter(mine, settled_at=None).select_related("request")


def visible_refunds(person: Person) -> QuerySet[Refund]:
    return Refund.objects.filter(request__agency__in=agencies_of(person, *RECONCILERS)).select_related("request", "asked_by")


def visible_requests(person: Person) -> QuerySet[PaymentRequest]:
    """Return the requests a person sees in lists: one's own, and those of one's agencies."""
    if person.is_citizen:
        return PaymentRequest.objects.filter(payer=person)
    return PaymentRequest.objects.filter(agency__in=agencies_of(person, Role.CLERK, *RECONCILERS))
