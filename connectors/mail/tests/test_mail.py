import socket
import time
from datetime import UTC, datetime

import pytest
from django.utils.timezone import now

from connectors.mail.client import FolderMailer, SmtpMailer
from connectors.mail.connect import mailer
from connectors.mail.tests.conftest import free_port
from tinhso.directory.models import Person
from tinhso.kernel import connectors
from tinhso.kernel.connectors import connect
from tinhso.messaging.actions import deliver_due, send
from tinhso.messaging.ladders import Mail, Mailer, Undeliverable

SENDER = "Cổng dịch vụ công <khong-tra-loi@tinhso.example>"
MAIL = Mail("mail-7", "chau@example.vn", "Lê Thị Châu", "Hồ sơ đã có kết quả", "Kính gửi bà Châu,\n.một dòng bắt đầu bằng dấu chấm\nHết.\n")


def test_a_mail_arrives_whole_and_the_server_says_so(mail_server):
    proof = SmtpMailer.from_url(mail_server.url, SENDER).deliver(MAIL)
    (mail,) = mail_server.mails()
    assert proof.startswith("250 2.0.0 Ok: queued as ")
    assert {name: mail[name] for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "Cổng dịch vụ công <khong-tra-loi@tinhso.example>",
        "To": "Lê Thị Châu <chau@example.vn>",
        "Subject": "Hồ sơ đã có kết quả",
        "Message-ID": "<mail-7@tinhso.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert mail.get_content().replace("\r\n", "\n") == MAIL.body


def test_no_such_mailbox_is_final_and_a_full_one_is_not(mail_server):
    client = SmtpMailer.from_url(mail_server.url, SENDER)
    with pytest.raises(Undeliverable, match=r"^550 5\.1\.1 No such mailbox$"):
        client.deliver(Mail("a", "khong-co@example.vn", "Ai đó", "x", "y"))
    with pytest.raises(OSError, match=r"^452 4\.2\.2"):
        client.deliver(Mail("b", "day@example.vn", "Ai đó", "x", "y"))
    assert mail_server.mails() == []


@pytest.mark.parametrize("subject", ["một dòng\nBcc: ke-xau@example.vn", "x\r\n\r\nthân thư giả"])
def test_nobody_writes_headers_of_their_own(mail_server, subject):
    with pytest.raises(Undeliverable):
        SmtpMailer.from_url(mail_server.url, SENDER).deliver(Mail("c", "chau@example.vn", "Châu", subject, "y"))
    assert mail_server.mails() == []


@pytest.mark.parametrize("address", ["không phải địa chỉ", "a@b\r\nRCPT TO:<c@d>", "<x>@y"])
def test_what_is_no_address_is_not_sent_to(mail_server, address):
    with pytest.raises(Undeliverable):
        SmtpMailer.from_url(mail_server.url, SENDER).deliver(Mail("d", address, "Châu", "x", "y"))
    assert mail_server.mails() == []


def test_a_server_that_is_down_is_an_oserror():
    with pytest.raises(OSError):
        SmtpMailer.from_url(f"smtp://127.0.0.1:{free_port()}", SENDER).deliver(MAIL)


def test_another_machine_must_offer_tls():
    reads = {
        url: SmtpMailer.from_url(url, SENDER) for url in ("smtp://thu.tinh.vn", "smtps://u:p%40ss@thu.tinh.vn", "smtp://127.0.0.1:2525")
    }
    assert [(one.tls, one.port, one.user, one.password) for one in reads.values()] == [
        ("upgrade", 587, "", ""),
        ("from-start", 465, "u", "p@ss"),
        ("none", 2525, "", ""),
    ]


def test_without_a_server_mails_are_kept_in_a_folder(tmp_path):
    assert FolderMailer(tmp_path, SENDER).deliver(MAIL) == "tệp mail-7.eml"
    assert b"Message-ID: <mail-7@tinhso.example>" in (tmp_path / "mail-7.eml").read_bytes()


def test_the_setting_chooses(settings, monkeypatch):
    kinds = []
    for url in ("file://", "smtp://127.0.0.1:25", ""):
        monkeypatch.setattr(settings.ENV, "email_url", url)
        kinds.append(type(mailer()).__name__)
    assert kinds == ["FolderMailer", "SmtpMailer", "NoneType"]


def test_the_server_stands_odd_clients(mail_server):
    with socket.create_connection(("127.0.0.1", mail_server.port), 5) as client, client.makefile("rb") as answers:
        said = [answers.readline()]
        for line in ("DATA", "MAIL x", "VRFY chau", "MAIL FROM:<a@b>", "RCPT TO:<no-at>", "RSET", "RCPT TO:<c@d>", "\xff\xfe", "QUIT"):
            client.sendall(line.encode("latin-1") + b"\r\n")
            said.append(answers.readline())
    assert [line[:3].decode() for line in said] == ["220", "503", "501", "502", "250", "501", "250", "503", "502", "221"]


@pytest.mark.django_db
def test_from_the_action_to_the_mailbox(mail_server):
    before = dict(connectors._CONNECTED)
    connect(Mailer, SmtpMailer.from_url(mail_server.url, SENDER))
    chau = Person.objects.create(kind="citizen", username="chau", full_name="Lê Thị Châu", email="chau@example.vn")
    fields = {"code": "H49.1-1", "procedure": "Đăng ký khai sinh", "unit": "Bộ phận Một cửa"}
    try:
        message = send("dossier-finished", to=chau, fields=fields, about=None, at=datetime(2024, 4, 15, tzinfo=UTC))
        deliver_due(at=now())
    finally:
        connectors._CONNECTED.clear()
        connectors._CONNECTED.update(before)
    (mail,) = mail_server.mails()
    row = message.dispatches.get()
    assert (mail["Subject"], row.state, row.proof[:23]) == ("Hồ sơ H49.1-1 đã có kết quả", "sent", "250 2.0.0 Ok: queued as")


@pytest.mark.faults
def test_the_worker_takes_a_mail_from_the_table_to_the_server(mail_server, worker):
    chau = Person.objects.create(kind="citizen", username="chau", full_name="Lê Thị Châu", email="chau@example.vn")
    fields = {"code": "H49.1-1", "procedure": "Đăng ký khai sinh", "unit": "Bộ phận Một cửa"}
    message = send("dossier-finished", to=chau, fields=fields, about=None, at=datetime(2024, 4, 15, tzinfo=UTC))
    process, until = worker(TINHSO_EMAIL_URL=mail_server.url), time.monotonic() + 90
    while message.dispatches.get().state == "waiting" and time.monotonic() < until:
        assert process.poll() is None
    assert (message.dispatches.get().state, [mail["Subject"] for mail in mail_server.mails()]) == ("sent", ["Hồ sơ H49.1-1 đã có kết quả"])
