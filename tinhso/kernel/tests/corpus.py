"""Files good and hostile, made on the spot: nothing dangerous lies in the repository."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
)
WORD = TYPES.format(main="wordprocessingml.document.main+xml")
EXCEL = TYPES.format(main="spreadsheetml.sheet.main+xml")
MACRO = TYPES.format(main="wordprocessingml.document.main+xml").replace("wordprocessingml", "x.macroEnabled.wordprocessingml")


def pdf(change=None, *, pages: int = 1, **save) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def with_javascript(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_hidden_javascript(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=document.make_stream(b"app.alert(1)"))
    document.pages[0].Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, A=pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=action))]
    )


def with_launch(document):
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))


def with_attachment(document):
    document.attachments["virus.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="virus.exe")


def with_flate_bomb(document):
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    stream = pikepdf.Stream(document, packed)
    stream.Filter = pikepdf.Name.FlateDecode
    document.pages[0].Contents = document.make_indirect(stream)


def with_double_flate(document):
    packed = zlib.compress(zlib.compress(b"\0" * 1_000_000, 9), 9)
    stream = pikepdf.Stream(document, packed)
    stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    document.pages[0].Contents = document.make_indirect(stream)


def photo(kind: str, *, size=(40, 20), turn: int | None = None, place: bool = False) -> bytes:
    image = Image.new("RGB", size, "white")
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    if turn:
        exif[0x0112] = turn
    if place:
        exif[0x010F] = "MÁY ẢNH CỦA CHÂU"
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"quality": 95, "comment": b"secret place"} if kind == "JPEG" else {}))
    return out.getvalue()


def png_of_claimed_size(width: int, height: int) -> bytes:
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def office(types: str = WORD, extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("main.xml", "<document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def overlapping_zip() -> bytes:
    """Return an archive whose central directory names one entry twice: the seed of a petabyte bomb."""
    plain = office(extra={"a.xml": b"x" * 1000})
    end = plain.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", plain[end + 16 : end + 20])[0]
    directory = plain[start:end]
    last = directory.rindex(b"PK\x01\x02")
    twice = directory + directory[last:].replace(b"a.xml", b"b.xml")
    count = struct.unpack("<H", plain[end + 8 : end + 10])[0] + 1
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(twice), start, 0)
    return plain[:start] + twice + tail
