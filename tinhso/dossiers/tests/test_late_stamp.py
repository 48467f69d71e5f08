"""A result that was signed while the time-stamp service was down."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tinhso.dossiers.actions.outcome import seal_result, sign_result
from tinhso.dossiers.handlers import keep_stamped_result
from tinhso.dossiers.testing import at
from tinhso.kernel.files import read
from tinhso.kernel.models import Event
from tinhso.signing import services
from tinhso.signing.actions import heal_signatures
from tinhso.signing.queries import verify_pdf

from .test_life import signed_life


def test_the_stamped_file_takes_the_place_of_the_first_and_both_are_the_result(client, office, version, pki, settings):
    connected = settings.ENV
    settings.ENV = connected.model_copy(update={"tsa_url": "http://127.0.0.1:9/tsa"})
    dossier = signed_life(office, version)
    sign_result(dossier, by=office.leader, at=at("2024-04-17 08:00"))
    result = seal_result(dossier, by=office.records, at=at("2024-04-17 09:00"))
    first = read(result.file)
    assert result.signature_level == "B-B"

    settings.ENV = connected
    services.wake()
    assert heal_signatures(at=at("2024-04-17 10:00")) == 1
    for _ in range(2):
        keep_stamped_result(Event.objects.get(kind="signing.SignatureStamped"))
    result.refresh_from_db()
    assert result.signature_level == "B-LTA"
    stamped = read(result.file)
    assert [verdict.level for verdict in verify_pdf(stamped)] == ["B-LTA", "B-LTA"]
    for content in (first, stamped):
        page = client.post(reverse("verify-result", args=[result.reference]), {"file": SimpleUploadedFile("ket-qua.pdf", content)})
        assert page.context["same"] is True
