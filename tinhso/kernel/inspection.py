"""Judging a file that a stranger brought, by its content alone.

Runs inside the limited child of `kernel.inspector`: every parser here meets hostile bytes, so nothing
here may touch the database or Django. A verdict is a type or the code of a refusal.
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_PIXELS = 50_000_000
MOST_PAGES = 2000
MOST_ENTRIES = 2000
MOST_UNPACKED = 100_000_000
MOST_STREAM = 30_000_000
MOST_STREAMS = 400_000_000


class Unfit(Exception):
    """A file that is not accepted; `code` is a key of `kernel.files.REFUSALS`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Verdict:
    media_type: str
    # The file was written anew (without its private data) beside the original.
    cleaned: bool = False


def inspect(path: Path, cleaned: Path) -> Verdict:
    """Return what the file is, or raise Unfit; a photo is written without its metadata to `cleaned`."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise Unfit("empty")
    if head.startswith(b"%PDF-"):
        _judge_pdf(path, head)
        return Verdict(PDF)
    if head.startswith(b"\xff\xd8\xff"):
        _clean_jpeg(path, cleaned)
        return Verdict(JPEG, cleaned=True)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        _clean_png(path, cleaned)
        return Verdict(PNG, cleaned=True)
    if head.startswith(b"PK\x03\x04"):
        return Verdict(_judge_office(path))
    raise Unfit("type")


# --- PDF ---------------------------------------------------------------------------------------

ACTIVE = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute", "/Rendition")
MARKUP = re.compile(rb"<\s*(html|script|svg|!doctype|\?php|body|iframe)", re.IGNORECASE)


def _judge_pdf(path: Path, head: bytes) -> None:
    import pikepdf

    # A file that is also a page or an archive is no paper.
    if MARKUP.search(head):
        raise Unfit("polyglot")
    tail = _tail(path, 70_000)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise Unfit("damaged")
    after = tail[end + 5 :]
    if b"PK\x05\x06" in after or MARKUP.search(after) or len(after.strip(b"\0\r\n \t")) > 1024:
        raise Unfit("polyglot")
    try:
        with pikepdf.open(path) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise Unfit("pages")
            _judge_objects(pdf, pikepdf)
    except pikepdf.PasswordError:
        raise Unfit("password") from None
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError):
        raise Unfit("damaged") from None


def _judge_objects(pdf, pikepdf) -> None:
    left = MOST_STREAMS
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            left -= _unpacked_size(thing, left, pikepdf)
        elif not isinstance(thing, pikepdf.Dictionary):
            continue
        for part in _with_direct_parts(thing, pikepdf):
            if "/JS" in part or str(part.get("/S", "")) in ACTIVE or "/XFA" in part:
                raise Unfit("active")
            if "/EmbeddedFiles" in part or ("/EF" in part and str(part.get("/Type", "")) in ("/Filespec", "/F")):
                raise Unfit("attachment")


def _with_direct_parts(thing, pikepdf, depth: int = 0):
    """Yield a dictionary and the direct dictionaries inside it: actions are often written in place."""
    yield thing
    if depth > 8:
        return
    for value in thing.values():
        if not isinstance(value, pikepdf.Object) or value.is_indirect:
            continue
        if isinstance(value, pikepdf.Dictionary):
            yield from _with_direct_parts(value, pikepdf, depth + 1)
        elif isinstance(value, pikepdf.Array):
            for item in value:
                if isinstance(item, pikepdf.Dictionary) and not item.is_indirect:
                    yield from _with_direct_parts(item, pikepdf, depth + 1)


def _unpacked_size(stream, left: int, pikepdf) -> int:
    """Return how large a stream becomes, reading no more than is allowed."""
    filters = stream.get("/Filter")
    names = [] if filters is None else [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    flates = sum(name in ("/FlateDecode", "/Fl") for name in names)
    if flates == 0:
        return 0
    if flates > 1 or names[0] not in ("/FlateDecode", "/Fl"):
        raise Unfit("bomb")
    most = MOST_STREAM
    if str(stream.get("/Subtype", "")) == "/Image":
        width, height = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
        if width * height > 2 * MOST_PIXELS:
            raise Unfit("pixels")
        # A blank page packs a thousandfold and is honest: an image is judged by its pixels.
        most = width * height * 8 + 1_000_000
    most = min(most, left)
    unpack, size, raw = zlib.decompressobj(), 0, stream.read_raw_bytes()
    data = bytes(raw)
    try:
        while data and not unpack.eof:
            size += len(unpack.decompress(data, 1 << 20))
            data = unpack.unconsumed_tail
            if size > most:
                raise Unfit("bomb")
    except zlib.error:
        return size
    return size


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read()


# --- photos ------------------------------------------------------------------------------------


def _open_image(path: Path, kind: str):
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(path, formats=[kind])
    except Exception:
        raise Unfit("damaged") from None
    if image.width * image.height > MOST_PIXELS:
        raise Unfit("pixels")
    return image


def _orientation(image) -> int:
    try:
        return image.getexif().get(0x0112, 1)
    except Exception:
        return 1


def _clean_jpeg(path: Path, cleaned: Path) -> None:
    """Write the photo without EXIF, comments and whatever hangs behind it; turn it upright if it said so."""
    with _open_image(path, "JPEG") as image:
        turn = _orientation(image)
        if turn not in (0, 1):
            _turn(image, cleaned, "JPEG", quality=92)
            return
        try:
            # An eighth of the size reads every byte and keeps nothing.
            image.draft("RGB", (image.width // 8 or 1, image.height // 8 or 1))
            image.load()
        except Exception:
            raise Unfit("damaged") from None
    cleaned.write_bytes(_jpeg_without_metadata(path.read_bytes()))


def _turn(image, cleaned: Path, kind: str, **options) -> None:
    from PIL import ImageOps

    try:
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
        upright.info = {}
        upright.save(cleaned, kind, exif=b"", icc_profile=profile, **options)
    except Exception:
        raise Unfit("damaged") from None


def _jpeg_without_metadata(data: bytes) -> bytes:
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Unfit("damaged")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        size = struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + size]
        # Of the application segments only density (0), colour profile (2) and Adobe's transform (14) stay.
        private = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xE2, 0xEE))
        if marker == 0xE2 and not segment[4:].startswith(b"ICC_PROFILE\0"):
            private = True
        if not private:
            kept.append(segment)
        at += 2 + size
        if marker == 0xDA:
            end = _end_of_scan(data, at)
            kept.append(data[at:end])
            at = end
    kept.append(b"\xff\xd9")
    return b"".join(kept)


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the entropy-coded data ends: at a marker that is neither stuffing nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


HARMLESS_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"}


def _clean_png(path: Path, cleaned: Path) -> None:
    with _open_image(path, "PNG") as image:
        turn = _orientation(image)
        try:
            image.load()
        except Exception:
            raise Unfit("damaged") from None
        if turn not in (0, 1):
            _turn(image, cleaned, "PNG")
            return
    data = path.read_bytes()
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at : at + 12 + size]
        if len(chunk) < 12 + size:
            raise Unfit("damaged")
        if name in HARMLESS_CHUNKS:
            kept.append(chunk)
        at += 12 + size
        if name == b"IEND":
            break
    cleaned.write_bytes(b"".join(kept))


# --- office documents --------------------------------------------------------------------------

MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
}
FORBIDDEN_PARTS = re.compile(r"(vbaproject\.bin|\.exe|\.dll|\.js|\.vbs|\.bat|\.cmd|\.ps1|\.scr|\.hta|\.jar|\.lnk|activex\d*\.(xml|bin))$")


def _judge_office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _judge_entries(parts, path.stat().st_size)
            return _judge_parts(archive, parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error, OSError):
        raise Unfit("damaged") from None


def _judge_entries(parts, size: int) -> None:
    if len(parts) > MOST_ENTRIES or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unfit("bomb")
    taken = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        # Overlapping entries are how 40 kB become petabytes.
        if part.header_offset < taken:
            raise Unfit("bomb")
        taken = part.header_offset + 30 + part.compress_size
        name = part.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name or (part.external_attr >> 16) & 0o170000 == 0o120000:
            raise Unfit("type")
        if part.flag_bits & 1:
            raise Unfit("password")
    if taken > size:
        raise Unfit("damaged")


def _judge_parts(archive: zipfile.ZipFile, parts) -> str:
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise Unfit("type")
    declared = archive.read("[Content_Types].xml")
    kinds = [kind for mark, kind in MAIN_PARTS.items() if mark in declared]
    if b"macroEnabled" in declared or b"vbaProject" in declared:
        raise Unfit("macro")
    if len(kinds) != 1:
        raise Unfit("type")
    for part in parts:
        if FORBIDDEN_PARTS.search(part.filename.lower()):
            raise Unfit("macro")
        # Reading to the end compares the size and the checksum that the entry declares.
        content = archive.read(part)
        if part.filename.endswith((".xml", ".rels")):
            if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
                raise Unfit("active")
            if part.filename.endswith(".rels") and b"attachedTemplate" in content and b"External" in content:
                raise Unfit("active")
        elif content[:4] == b"PK\x03\x04" and not part.filename.endswith((".docx", ".xlsx")):
            raise Unfit("attachment")
        elif content[:2] == b"MZ":
            raise Unfit("macro")
    return kinds[0]
