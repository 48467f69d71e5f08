"""Services that misbehave: they cost levels and a moment, never a signature, never a fault."""

import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from tinhso.signing import online, services
from tinhso.signing.actions import sign_pdf
from tinhso.signing.models import Signature
from tinhso.signing.queries import report_on
from tinhso.signing.rules import LATER, NO_EVIDENCE, NO_SERVICE

from .test_signing import moment, summary


class Misbehaving(BaseHTTPRequestHandler):
    manner = "garbage"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.manner == "error":
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        if self.manner == "garbage":
            self.wfile.write(b"<html>" * 166 + b"....")
        self.wfile.flush()
        # A service that drips: one byte at a time, each within any limit for a single read.
        while self.manner == "drips" and not self.server.closing.wait(0.1):
            try:
                self.wfile.write(b".")
                self.wfile.flush()
            except OSError:
                return
        if self.manner == "silent":
            self.server.closing.wait(20)

    def log_message(self, *words):
        pass


@pytest.fixture
def misbehaving(monkeypatch):
    """Return `misbehaving(manner)`, the address of a server with bad manners."""
    monkeypatch.setattr(online, "SECONDS", 0.5)
    servers = []

    def start(manner: str) -> str:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Rude", (Misbehaving,), {"manner": manner}))
        server.daemon_threads = True
        server.closing = threading.Event()
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("manner", ["garbage", "error", "silent", "drips"])
def test_a_time_stamp_service_with_bad_manners_costs_only_the_level(office, pki, misbehaving, settings, paper, manner):
    settings.ENV = settings.ENV.model_copy(update={"tsa_url": misbehaving(manner) + "/tsa"})
    began = time.monotonic()
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    assert (signed.level, signed.warning) == ("B-B", LATER)
    assert time.monotonic() - began < 3
    assert summary(signed.content) == [("Nguyễn Thị Bích Liên", "valid", "B-B", True, ["no_stamp"])]


def test_a_service_that_failed_is_not_asked_at_once_again(office, pki, misbehaving, settings, paper):
    settings.ENV = settings.ENV.model_copy(update={"tsa_url": misbehaving("silent") + "/tsa"})
    sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    began = time.monotonic()
    again = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    assert (again.level, again.warning) == ("B-B", LATER)
    assert time.monotonic() - began < 0.5
    services.wake()


def test_without_a_service_the_person_is_told(office, pki, settings, paper):
    settings.ENV = settings.ENV.model_copy(update={"tsa_url": ""})
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    assert (signed.level, signed.warning, signed.record.stamp) == ("B-B", NO_SERVICE, Signature.Stamp.NONE)


def test_an_authority_that_does_not_answer_costs_the_evidence_not_the_stamp(office, pki, monkeypatch, paper):
    sign_pdf(paper, by=office.records, for_unit=office.commune, at=moment(), kind="agency")
    monkeypatch.setattr(online, "_state_of", lambda cert, issuer: online.Evidence(missing=["CA"]))
    sealed = sign_pdf(paper, by=office.records, for_unit=office.commune, at=moment(), kind="agency")
    assert (sealed.level, sealed.warning, sealed.record.stamp) == ("B-T", NO_EVIDENCE, Signature.Stamp.WAITING)
    [verdict] = report_on(sealed.content).signatures
    assert (verdict.verdict, verdict.level, [reason.code for reason in verdict.reasons]) == ("valid", "B-T", ["revocation_unknown"])
    services.wake()
