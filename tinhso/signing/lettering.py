"""Letters for signatures that are seen: three faces with every Vietnamese letter, taken from one sheet set by Typst.

Shaping and subsetting a font anew for each signature costs more than the signature. The sheet is set once per
process; each signed file gets the same small font objects, and a text is a row of glyph numbers.
"""

import io
import re
from dataclasses import dataclass, field
from functools import lru_cache

from pyhanko.pdf_utils.reader import PdfFileReader

VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
LETTERS = [*(chr(code) for code in range(33, 127)), *VIETNAMESE, *VIETNAMESE.upper(), *"–—…“”•§°"]
FACES = {"regular": "", "bold": 'weight: "bold"', "italic": 'style: "italic"'}


@dataclass
class Face:
    """One face: where its font object stands in the sheet, the glyph number of each letter, and how wide it is."""

    resource: str
    glyphs: dict[str, int]
    widths: dict[int, float]
    reader: PdfFileReader = field(repr=False)

    def encode(self, text: str) -> bytes:
        """Return the operand of `Tj`; a letter that the face lacks becomes a question mark."""
        return b"<" + "".join(f"{self._glyph(letter):04X}" for letter in text).encode() + b">"

    def width(self, text: str, size: float) -> float:
        return sum(self.widths.get(self._glyph(letter), 0) for letter in text) * size / 1000

    def fit(self, text: str, room: float, size: float, smallest: float) -> tuple[str, float]:
        """Return the text and a size at which it has room: smaller first, then shortened."""
        wide = self.width(text, size)
        if wide > room:
            size = max(smallest, size * room / wide)
        while self.width(text, size) > room + 0.01 and len(text) > 1:
            text = text.rstrip("…")[:-1].rstrip() + "…"
        return text, size

    def _glyph(self, letter: str) -> int:
        return self.glyphs.get(letter) or self.glyphs["?"]


@lru_cache(maxsize=1)
def faces() -> dict[str, Face]:
    import typst

    # One glyph per letter: no ligatures.
    sheet = '#set page(width: 400pt, height: auto)\n#set text(font: "Libertinus Serif", ligatures: false, kerning: false)\n'
    for look in FACES.values():
        row = " ".join("\\" + letter if letter in '"\\' else letter for letter in LETTERS)
        sheet += f'#text({look})[#("{row}")]\n'
    reader = PdfFileReader(io.BytesIO(typst.compile(sheet.encode())))
    fonts = reader.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    by_style: dict[str, Face] = {}
    for name in fonts:
        font = fonts[name]
        style = next((style for style in ("bold", "italic") if style in font["/BaseFont"].lower()), "regular")
        glyphs, widths = _glyphs(font["/ToUnicode"].data.decode("latin-1")), _widths(font["/DescendantFonts"][0]["/W"])
        by_style[style] = Face(name, glyphs, widths, reader)
    return by_style


def font_object(face: Face, writer):
    """Copy the font into a file that is being written, and return the reference to it."""
    fonts = face.reader.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    return writer.import_object(fonts.raw_get(face.resource))


def _glyphs(cmap: str) -> dict[str, int]:
    pairs = [pair for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S) for pair in re.findall(r"<(\w+)> *<(\w+)>", block)]
    return {bytes.fromhex(code).decode("utf-16-be"): int(glyph, 16) for glyph, code in pairs}


def _widths(groups) -> dict[int, float]:
    """Read the array of widths: "first last width", or "first [width …]"."""
    widths: dict[int, float] = {}
    rest = list(groups)
    while rest:
        first, second = int(rest[0]), rest[1]
        if isinstance(second, list):
            widths |= {first + step: float(width) for step, width in enumerate(second)}
            rest = rest[2:]
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(rest[2]))
            rest = rest[3:]
    return widths
