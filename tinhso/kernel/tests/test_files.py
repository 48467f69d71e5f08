import hashlib
import io
import os
import time
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import now
from PIL import Image

from tinhso.kernel import file_care, file_store, files
from tinhso.kernel.errors import Refused
from tinhso.kernel.inspection import DOCX, JPEG, PDF, PNG, XLSX
from tinhso.kernel.models import FileFault, StoredFile
from tinhso.kernel.tests import corpus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path
    file_store.store.cache_clear()
    yield file_store.store()
    file_store.store.cache_clear()


def upload(content: bytes, name: str = "giấy tờ.pdf"):
    return files.accept(SimpleUploadedFile(name, content), field="paper")


def refusal_of(content: bytes, name: str = "giấy tờ.pdf") -> str:
    with pytest.raises(Refused) as refused:
        upload(content, name)
    assert refused.value.field == "paper"
    return refused.value.code


def test_equal_bytes_are_kept_once(own_store):
    first = files.keep(b"mot", media_type="text/plain")
    second = files.keep(io.BytesIO(b"mot"), media_type="text/plain")
    assert (first.sha256, second.sha256) == (hashlib.sha256(b"mot").hexdigest(),) * 2
    assert [name for name, _ in own_store.everything()] == [first.sha256]
    assert files.read(first) == b"mot"
    assert list(file_store.incoming().iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_as"),
    [
        (corpus.pdf(), "Đơn đề nghị.pdf", PDF, "Đơn đề nghị.pdf"),
        (corpus.pdf(), "ban-ve.v2.docx", PDF, "ban-ve.v2.pdf"),
        (corpus.photo("JPEG"), "IMG_1.jpeg", JPEG, "IMG_1.jpg"),
        (corpus.photo("PNG"), "anh.png", PNG, "anh.png"),
        (corpus.office(), "don.docx", DOCX, "don.docx"),
        (corpus.office(corpus.EXCEL), "bang.xlsx", XLSX, "bang.xlsx"),
    ],
)
def test_the_content_says_what_a_file_is(content, name, media_type, kept_as):
    stored, safe = upload(content, name)
    assert (stored.media_type, safe) == (media_type, kept_as)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"MZ" + b"\0" * 200, "file-type"),
        (b"<html><script>alert(1)</script>", "file-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file-type"),
        (b"GIF89a/*" + b"\0" * 50 + b"*/=1;alert(1)", "file-type"),
        (corpus.pdf()[:300], "file-damaged"),
        (corpus.pdf(corpus.with_javascript), "file-active"),
        (corpus.pdf(corpus.with_hidden_javascript), "file-active"),
        (corpus.pdf(corpus.with_launch), "file-active"),
        (corpus.pdf(corpus.with_attachment), "file-attachment"),
        (corpus.pdf(corpus.with_flate_bomb, compress_streams=False), "file-bomb"),
        (corpus.pdf(corpus.with_double_flate, compress_streams=False), "file-bomb"),
        (corpus.pdf(encryption=corpus.pikepdf.Encryption(owner="a", user="b")), "file-password"),
        (corpus.pdf(pages=2001), "file-pages"),
        (corpus.pdf() + corpus.office(), "file-polyglot"),
        (corpus.pdf() + b"<script>alert(1)</script>", "file-polyglot"),
        (b"%PDF-1.4\n<html><body onload=alert(1)>" + corpus.pdf(), "file-polyglot"),
        (corpus.photo("JPEG")[:400], "file-damaged"),
        (corpus.png_of_claimed_size(30_000, 30_000), "file-pixels"),
        (corpus.png_of_claimed_size(300, 300), "file-damaged"),
        (corpus.office(types="<Types/>"), "file-type"),
        (corpus.office(corpus.MACRO), "file-macro"),
        (corpus.office(extra={"word/vbaProject.bin": b"x"}), "file-macro"),
        (corpus.office(extra={"word/media/a.png": b"MZ\0\0"}), "file-macro"),
        (corpus.office(extra={"word/embeddings/a.bin": b"PK\x03\x04"}), "file-attachment"),
        (corpus.office(extra={"../../etc/passwd": b"x"}), "file-type"),
        (corpus.office(extra={"word/a.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "file-active"),
        (
            corpus.office(extra={"word/_rels/s.rels": b'<R Type="attachedTemplate" Target="http://x" TargetMode="External"/>'}),
            "file-active",
        ),
        (corpus.office(extra={"word/a.xml": b"\0" * 101_000_000}), "file-bomb"),
        (corpus.office(extra={f"{number}.xml": b"" for number in range(2001)}), "file-bomb"),
        (corpus.overlapping_zip(), "file-bomb"),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(content, code, own_store):
    started = time.monotonic()
    assert refusal_of(content) == code
    assert time.monotonic() - started < 5
    assert list(own_store.everything()) == []
    assert list(file_store.incoming().iterdir()) == []


def test_a_file_over_the_limit_is_refused_with_the_limit(settings):
    limit = settings.ENV.upload_limit_mb
    with pytest.raises(Refused) as refused:
        upload(b"%PDF-" + b"0" * (limit * 2**20))
    assert str(refused.value) == f"Tệp lớn hơn {limit} MB. Vui lòng giảm dung lượng hoặc tách thành nhiều tệp."


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("turn", "size"), [(None, (40, 20)), (1, (40, 20)), (6, (20, 40)), (3, (40, 20))])
def test_a_photo_loses_its_private_data_and_stands_upright(kind, turn, size):
    stored, _ = upload(corpus.photo(kind, turn=turn, place=True), "a.jpg")
    content = files.read(stored)
    assert "MÁY ẢNH".encode() not in content and b"secret place" not in content
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert image.size == size
        assert dict(image.getexif()) == {}
        red = max(((x, y) for x in range(size[0]) for y in range(size[1])), key=lambda at: -image.getpixel(at)[1])
    assert red == {None: (0, 0), 1: (0, 0), 6: (19, 0), 3: (39, 19)}[turn]


def test_what_hangs_behind_a_photo_is_cut_off():
    stored, _ = upload(corpus.photo("JPEG") + b"<?php system('id') ?>", "a.jpg")
    assert b"php" not in files.read(stored)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\chau\\Đơn.pdf", "Đơn.pdf"),
        ("don\u202efdp.exe", "donfdp.pdf"),
        ("CON", "tep-CON.pdf"),
        ("con.pdf", "tep-con.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("", "tep.pdf"),
        ("...", "tep.pdf"),
        ("hoá đơn;rm -rf.pdf.exe", "hoá đơn_rm -rf.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ('a"\r\nSet-Cookie: x.pdf', "a_Set-Cookie_ x.pdf"),
    ],
)
def test_a_file_name_is_only_a_name(name, safe):
    assert files.safe_name(name, PDF) == safe


def test_a_file_is_never_a_page_of_ours():
    stored = files.keep(b"<script>alert(1)</script>", media_type="text/html")
    answer = files.response(stored, "Đơn.html")
    assert answer["Content-Disposition"].startswith('attachment; filename="on.html"')
    assert unquote(answer["Content-Disposition"].split("''")[1]) == "Đơn.html"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    # Only a PDF may be shown by the browser's viewer.
    assert files.response(stored, "x.html", inline_pdf=True)["Content-Disposition"].startswith("attachment")
    pdf, name = upload(corpus.pdf())
    assert files.response(pdf, name, inline_pdf=True)["Content-Disposition"].startswith("inline")


def test_the_daily_check_finds_missing_and_altered_files(own_store):
    _good, gone, bad = (files.keep(content, media_type="text/plain") for content in (b"good", b"gone", b"bad"))
    own_store.delete(gone.sha256)
    path = own_store.path(bad.sha256)
    os.chmod(path, 0o600)
    path.write_bytes(b"worse")
    assert file_care.scrub(share=None) == {"checked": 3, "faults": 2}
    assert dict(FileFault.objects.values_list("sha256", "fault")) == {gone.sha256: "missing", bad.sha256: "altered"}
    for stored in (gone, bad):
        with pytest.raises(files.FileDamaged):
            files.read(stored)
    path.write_bytes(b"bad")
    assert file_care.scrub(share=None) == {"checked": 3, "faults": 1}
    assert sum(file_care.scrub(share=share)["checked"] for share in range(30)) == 3


def test_orphans_go_after_seven_days_and_not_before(own_store):
    old, new = (files.keep(content, media_type="text/plain") for content in (b"old", b"new"))
    StoredFile.objects.filter(pk=old.pk).update(stored_at=now() - timedelta(days=8))
    with transaction.atomic():
        stray = files.keep(b"stray", media_type="text/plain")
        transaction.set_rollback(True)
    eight_days_ago = time.time() - 8 * 86400
    os.utime(own_store.path(stray.sha256), (eight_days_ago, eight_days_ago))
    assert file_care.collect_orphans(before=file_care.orphan_limit(now())) == {"unused": 1, "strays": 1}
    assert [name for name, _ in own_store.everything()] == [new.sha256]
    assert list(StoredFile.objects.values_list("sha256", flat=True)) == [new.sha256]


@pytest.fixture
def s3(monkeypatch):
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    store = file_store.S3Store(bucket="giay-to", endpoint=f"http://{host}:{port}", access_key="a", secret_key="b")
    store.storage.connection.create_bucket(Bucket="giay-to")
    monkeypatch.setattr(files, "store", lambda: store)
    monkeypatch.setattr(file_care, "store", lambda: store)
    yield store
    server.stop()


def test_files_may_lie_in_a_bucket(s3):
    stored, _ = upload(corpus.pdf(), "a.pdf")
    assert hashlib.sha256(files.read(stored)).hexdigest() == stored.sha256
    assert [name for name, _ in s3.everything()] == [stored.sha256]
    assert b"".join(files.response(stored, "a.pdf").streaming_content).startswith(b"%PDF-")
    s3.delete(stored.sha256)
    assert file_care.scrub(share=None) == {"checked": 1, "faults": 1}
