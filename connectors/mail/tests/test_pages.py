import pytest

from connectors.mail.client import FolderMailer
from connectors.mail.tests.test_mail import MAIL, SENDER


@pytest.fixture
def box(settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path
    monkeypatch.setattr(settings.ENV, "demo", True)
    FolderMailer(tmp_path / "mails", SENDER).deliver(MAIL)


def test_a_demonstration_shows_its_mails(client, db, box):
    assert "Hồ sơ đã có kết quả" in client.get("/mo-phong/thu/").content.decode()
    page = client.get("/mo-phong/thu/mail-7/").content.decode()
    assert ("Lê Thị Châu &lt;chau@example.vn&gt;" in page, ".một dòng bắt đầu bằng dấu chấm" in page) == (True, True)
    assert [client.get(f"/mo-phong/thu/{key}/").status_code for key in ("khac", "..%2f..%2fsecrets", "a b")] == [404, 404, 404]


def test_a_real_installation_shows_none(client, db, box, settings, monkeypatch):
    monkeypatch.setattr(settings.ENV, "demo", False)
    assert [client.get(address).status_code for address in ("/mo-phong/thu/", "/mo-phong/thu/mail-7/")] == [404, 404]
