"""Verbs about organisations: who they are by their tax code, and who files for them."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.models import Organisation, Person, Representation
from tinhso.directory.rules import read_tax_code, same_name
from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import tidy


@transaction.atomic
def organisation_for(tax_code: str, *, name: str, by_person: Person, at: datetime, address: str = "") -> Organisation:
    """Return the organisation of a tax code, made now if the house has never met it, and note who files for it.

    A name that differs is refused: a code typed wrongly must not file in another's name. Whether the person may
    represent it, the papers of the dossier prove and the office checks.
    """
    code = read_tax_code(tax_code, field="tax_code")
    called = tidy(name)
    if not called:
        raise Refused("Xin ghi tên tổ chức, doanh nghiệp.", field="organisation_name")
    organisation, _ = Organisation.objects.get_or_create(tax_code=code, defaults={"name": called[:200], "address": tidy(address)[:300]})
    if not same_name(organisation.name, called):
        raise Refused(
            "Mã số thuế này đã gắn với một tên khác trong hệ thống. Xin đối chiếu lại mã số và tên trên giấy đăng ký.",
            field="tax_code",
            code="number-of-another",
        )
    if not Representation.objects.filter(person=by_person, organisation=organisation, valid_to=None).exists():
        Representation.objects.create(person=by_person, organisation=organisation, valid_from=localdate(at))
    return organisation
