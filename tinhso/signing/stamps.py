"""How a signature looks on the page: an official's hand, an agency's red seal (NĐ 30/2020, Phụ lục I)."""

import io
import math
from collections.abc import Callable

from pyhanko.pdf_utils import content, layout
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.stamp import StaticStampStyle

from tinhso.signing.lettering import Face, faces, font_object
from tinhso.signing.rules import HAND_SHARE

BLUE = b"0.08 0.16 0.55"
RED = b"0.80 0.05 0.10"
GREY = b"0.25 0.25 0.28"


class Drawing(content.PdfContent):
    """What a painter draws on a sheet of the size of the signature's field."""

    def __init__(self, width: float, height: float, paint: "Callable[[Drawing], None]"):
        super().__init__(box=layout.BoxConstraints(width=width, height=height))
        self.width, self.height, self.paint = width, height, paint
        self.steps: list[bytes] = []

    def render(self) -> bytes:
        self.steps = []
        self.paint(self)
        return b"\n".join(self.steps)

    def font(self, style: str) -> Face:
        face = faces()[style]
        name = pdf_name(f"/Ky{style}")
        if name not in self.resources.font:
            self.set_resource(content.ResourceType.FONT, name, font_object(face, self.writer))
        return face

    def write(self, text: str, x: float, y: float, size: float, *, style: str = "regular", colour: bytes = GREY, turn: float = 0) -> None:
        face = self.font(style)
        cos, sin = math.cos(turn), math.sin(turn)
        place = b"%.4f %.4f %.4f %.4f %.2f %.2f Tm" % (cos, sin, -sin, cos, x, y)
        self.steps.append(b"BT /Ky%s %.2f Tf %s rg %s %s Tj ET" % (style.encode(), size, colour, place, face.encode(text)))

    def picture(self, png: bytes, left: float, bottom: float, wide: float, high: float) -> None:
        from PIL import Image

        with Image.open(io.BytesIO(png)) as opened:
            image = opened.convert("RGBA")
        scale = min(wide / image.width, high / image.height)
        drawn = PdfImage(image, writer=self.writer, box=layout.BoxConstraints(width=image.width * scale, height=image.height * scale))
        command = drawn.render()
        self.import_resources(drawn.resources)
        x, y = left + (wide - image.width * scale) / 2, bottom + (high - image.height * scale) / 2
        self.steps.append(b"q 1 0 0 1 %.2f %.2f cm %s Q" % (x, y, command))


def hand(width: float, height: float, *, name: str, title: str, organisation: str, moment: str, image: bytes | None) -> Drawing:
    """Return the look of an official's signature: the image of the hand on the left, who signs and when beside it."""

    def paint(sheet: Drawing) -> None:
        left = width * HAND_SHARE
        if image:
            sheet.picture(image, 0, 0, left - 3, height)
        else:
            # Nobody's hand: the given name, written large.
            text, size = sheet.font("italic").fit(" ".join(name.split()[-2:]), left - 10, 22, 7)
            sheet.write(text, 4, height / 2 - size / 4, size, style="italic", colour=BLUE)
        lines = [("Ký bởi: " + name, "bold"), (title, "regular"), (organisation, "regular"), (moment, "regular")]
        lines = [line for line in lines if line[0]]
        step = min(11.5, height / (len(lines) + 0.5))
        fitted = [(*sheet.font(style).fit(text, width - left - 2, min(8.5, step * 0.8), 6), style) for text, style in lines]
        size = min(size for _, size, _ in fitted)
        y = (height + step * len(lines)) / 2 - step * 0.8
        for text, _, style in fitted:
            sheet.write(text, left, y, size, style=style, colour=BLUE)
            y -= step

    return Drawing(width, height, paint)


def seal(width: float, height: float, *, name: str, moment: str, image: bytes | None) -> Drawing:
    """Return the look of an agency's seal: its image, or a red round with the name and a star."""

    def paint(sheet: Drawing) -> None:
        if image:
            sheet.picture(image, 0, 0, width, height)
            return
        middle_x, middle_y, radius = width / 2, height / 2, min(width, height) / 2 - 1.5
        sheet.steps.append(b"%s RG %s rg" % (RED, RED))
        for share, line in ((1.0, 1.8), (0.955, 0.6), (0.66, 0.6)):
            sheet.steps.append(b"%.2f w %s S" % (line, _circle(middle_x, middle_y, radius * share)))
        sheet.steps.append(_star(middle_x, middle_y + radius * 0.1, radius * 0.34) + b" f")
        _write_round(sheet, name.upper(), middle_x, middle_y, radius * 0.745)
        day, _, time = moment.partition(" ")
        for step, text in enumerate((day, time)):
            fitted, size = sheet.font("regular").fit(text, radius * 0.95, 6.5, 4)
            sheet.write(
                fitted, middle_x - sheet.font("regular").width(fitted, size) / 2, middle_y - radius * (0.38 + step * 0.14), size, colour=RED
            )

    return Drawing(width, height, paint)


def style_of(drawing: Drawing) -> StaticStampStyle:
    return StaticStampStyle(
        border_width=0,
        background=drawing,
        background_layout=layout.SimpleBoxLayoutRule(x_align=layout.AxisAlignment.ALIGN_MIN, y_align=layout.AxisAlignment.ALIGN_MIN),
    )


def _circle(x: float, y: float, radius: float) -> bytes:
    # Four Bézier curves; 0.5523 is the usual handle.
    k = radius * 0.5523
    points = [(x + radius, y)]
    for cx1, cy1, cx2, cy2, ex, ey in (
        (x + radius, y + k, x + k, y + radius, x, y + radius),
        (x - k, y + radius, x - radius, y + k, x - radius, y),
        (x - radius, y - k, x - k, y - radius, x, y - radius),
        (x + k, y - radius, x + radius, y - k, x + radius, y),
    ):
        points += [(cx1, cy1), (cx2, cy2), (ex, ey)]
    drawn = b"%.2f %.2f m" % points[0]
    for start in range(1, len(points), 3):
        drawn += b" %.2f %.2f %.2f %.2f %.2f %.2f c" % (*points[start], *points[start + 1], *points[start + 2])
    return drawn + b" h"


def _star(x: float, y: float, radius: float) -> bytes:
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        turn = math.pi / 2 + corner * math.pi / 5
        corners.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    return b"%.2f %.2f m " % corners[0] + b" ".join(b"%.2f %.2f l" % corner for corner in corners[1:]) + b" h"


def _write_round(sheet: Drawing, text: str, x: float, y: float, radius: float) -> None:
    """Write along the upper arc, from the left, each letter upright to the middle."""
    face = sheet.font("bold")
    room = 2 * math.pi * radius * 0.86
    text, size = face.fit(text, room, radius * 0.24, radius * 0.11)
    turn = math.pi / 2 + face.width(text, size) / radius / 2
    for letter in text:
        wide = face.width(letter, size) / radius
        middle = turn - wide / 2
        start_x, start_y = x + radius * math.cos(middle), y + radius * math.sin(middle)
        half = face.width(letter, size) / 2
        lean = middle - math.pi / 2
        if letter != " ":
            sheet.write(letter, start_x - half * math.cos(lean), start_y - half * math.sin(lean), size, style="bold", colour=RED, turn=lean)
        turn -= wide
