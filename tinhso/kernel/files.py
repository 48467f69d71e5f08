"""Files of people: kept once by content, judged before they are kept, never shown from our own origin unguarded."""

import hashlib
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refused
from tinhso.kernel.file_store import incoming, store
from tinhso.kernel.inspection import DOCX, JPEG, PDF, PNG, XLSX, Unfit
from tinhso.kernel.inspector import inspector
from tinhso.kernel.models import StoredFile

__all__ = ["ACCEPTED", "FileDamaged", "accept", "guarded", "keep", "open_stored", "read", "response", "safe_name"]

Answer = TypeVar("Answer", bound=HttpResponseBase)
CHUNK = 1 << 18
EXTENSIONS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", DOCX: ".docx", XLSX: ".xlsx"}
# For the `accept` attribute of file inputs.
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"
# Lock class of PostgreSQL's advisory locks over single contents.
FILE_LOCK = 7101


class FileDamaged(Exception):
    """Stored bytes are missing or are no longer those that were stored: for operators, not for people."""


def refusals() -> dict[str, str]:
    """Return the sentence for each code of `inspection.Unfit`."""
    return {
        "empty": _("Tệp rỗng. Vui lòng chọn lại tệp."),
        "type": _("Chỉ nhận tệp PDF, ảnh JPEG hoặc PNG, Word (.docx) và Excel (.xlsx). Tệp này là loại khác."),
        "polyglot": _("Tệp có nội dung lạ ghép vào. Vui lòng mở tệp, lưu hoặc in lại thành PDF rồi tải lên."),
        "damaged": _("Tệp bị hỏng hoặc tải lên chưa trọn vẹn. Vui lòng mở thử tệp trên máy rồi tải lên lại."),
        "password": _("Tệp có mật khẩu nên cơ quan không mở được. Vui lòng bỏ mật khẩu rồi tải lên lại."),
        "pages": _("Tệp PDF có quá nhiều trang. Vui lòng tách thành nhiều tệp."),
        "pixels": _("Ảnh quá lớn. Vui lòng giảm kích thước ảnh (tối đa 50 triệu điểm ảnh) rồi tải lên lại."),
        "bomb": _("Tệp bung ra quá lớn nên không được nhận. Vui lòng lưu lại tệp rồi tải lên."),
        "active": _("Tệp có mã tự chạy nên không được nhận. Vui lòng in lại thành PDF rồi tải lên."),
        "attachment": _("Tệp có tệp khác đính kèm bên trong. Vui lòng tải từng tệp lên riêng."),
        "macro": _("Tệp có macro nên không được nhận. Vui lòng lưu thành .docx hoặc .xlsx không có macro."),
        "costly": _("Tệp quá phức tạp nên hệ thống không kiểm tra được. Vui lòng in lại thành PDF rồi tải lên."),
    }


def keep(content: bytes | BinaryIO, *, media_type: str) -> StoredFile:
    """Keep bytes that the program itself made or has judged; equal bytes are kept once."""
    with _written(iter([content]) if isinstance(content, bytes) else _chunks(content)) as (path, sha256, size):
        return _keep_written(path, sha256, size, media_type)


def accept(upload: UploadedFile, *, field: str | None = None) -> tuple[StoredFile, str]:
    """Judge what a person uploads, keep it, and return it with a safe file name; refuse in words at the field."""
    limit = settings.ENV.upload_limit_mb * 2**20
    if (upload.size or 0) > limit:
        raise _too_large(field)
    with _written(_limited(upload.chunks(CHUNK), limit, field)) as (path, sha256, size):
        cleaned = path.with_suffix(".cleaned")
        try:
            verdict = inspector.judge(path, cleaned)
            name = safe_name(upload.name or "", verdict.media_type)
            if verdict.cleaned:
                with cleaned.open("rb") as file:
                    return keep(file, media_type=verdict.media_type), name
            return _keep_written(path, sha256, size, verdict.media_type), name
        except Unfit as unfit:
            raise Refused(refusals()[unfit.code], field=field, code=f"file-{unfit.code}") from None
        finally:
            cleaned.unlink(missing_ok=True)


def read(stored: StoredFile) -> bytes:
    """Return the bytes, checked against their name."""
    with open_stored(stored) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileDamaged(stored.sha256)
    return content


def open_stored(stored: StoredFile) -> BinaryIO:
    try:
        return store().open(stored.sha256)
    except FileNotFoundError:
        raise FileDamaged(stored.sha256) from None


def response(stored: StoredFile, file_name: str, *, inline_pdf: bool = False) -> FileResponse:
    """Answer a request with a file. The caller has decided that this person may have it.

    Always a download, never a page of ours: `inline_pdf` shows a PDF in the browser's own viewer and
    lets it load nothing.
    """
    inline = inline_pdf and stored.media_type == PDF
    answer = FileResponse(open_stored(stored), content_type=stored.media_type)
    answer["Content-Length"] = str(stored.size)
    return guarded(answer, file_name, inline=inline)


def guarded(answer: Answer, file_name: str, *, inline: bool = True) -> Answer:
    """Give an answer that is a file its name and the headers that keep it from acting as a page of ours."""
    kind = "inline" if inline else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", unicodedata.normalize("NFD", file_name).encode("ascii", "ignore").decode()) or "tep"
    answer["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    # A browser's PDF viewer does not start inside a sandbox.
    policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    answer["Content-Security-Policy"] = policy if inline else "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer["X-Frame-Options"] = "SAMEORIGIN" if inline else "DENY"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def safe_name(name: str, media_type: str) -> str:
    """Return a name that is only a name, ends as its content demands and hides nothing."""
    # Format characters (Cf) can turn the direction of writing: "fdp.exe" would read "exe.pdf".
    kept = "".join(letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter)[0] != "C")
    base = PurePosixPath(kept.replace("\\", "/")).name
    stem = re.sub(r'[<>:"/\\|?*%;\']+', "_", base)
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem).strip(" .")
    extension = EXTENSIONS.get(media_type, "")
    if stem.lower().endswith(extension):
        stem = stem[: len(stem) - len(extension)] if extension else stem
    stem = re.sub(r"\s+", " ", stem)[:100].strip(" .")
    if not stem or stem.split(".")[0].lower() in RESERVED:
        stem = f"tep-{stem}" if stem else "tep"
    return stem + extension


def _keep_written(path: Path, sha256: str, size: int, media_type: str) -> StoredFile:
    with transaction.atomic():
        # Held until the caller's transaction ends: the collector of orphans waits for it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))", [FILE_LOCK, sha256])
        # Bytes first, then the row: no row ever names a file that a power cut took.
        store().put(path, sha256)
        StoredFile.objects.bulk_create([StoredFile(sha256=sha256, size=size, media_type=media_type)], ignore_conflicts=True)
        return StoredFile.objects.get(pk=sha256)


@contextmanager
def _written(chunks: Iterator[bytes]) -> Iterator[tuple[Path, str, int]]:
    """Write chunks to a file of no name yet; yield its path, digest and size, and leave nothing behind."""
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=incoming(), delete=False) as file:
        path = Path(file.name)
        try:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            yield path, digest.hexdigest(), size
        finally:
            path.unlink(missing_ok=True)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _limited(chunks, limit: int, field: str | None) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        # The declared size may lie.
        if size > limit:
            raise _too_large(field)
        yield chunk


def _too_large(field: str | None) -> Refused:
    sentence = _("Tệp lớn hơn %(limit)d MB. Vui lòng giảm dung lượng hoặc tách thành nhiều tệp.") % {"limit": settings.ENV.upload_limit_mb}
    return Refused(sentence, field=field, code="file-too-large")
