"""Setting a paper: data in, PDF/A out."""

import json
import threading
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

FORMS = Path(__file__).parent / "forms"
# Made by `bin/setup` (deploy/fonts.py). Where they are missing, the serif that Typst brings stands in.
FONTS = settings.BASE_DIR / "build" / "fonts"

# One compiler a process: it keeps fonts and forms in memory, so that a receipt costs milliseconds.
_at_press = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(FORMS), font_paths=[str(FONTS)] if FONTS.is_dir() else [], ignore_system_fonts=True)


def set_paper(form: str, data: dict[str, Any], *, at: datetime | None = None, archival: bool = True) -> bytes:
    """Return the PDF of a form (`forms/<form>.typ`) filled with data; PDF/A-2b unless a quick look is enough.

    `at` is written into the file as its time of making: the same facts then give the same bytes.
    """
    with _at_press:
        made = _compiler().compile(
            input=str(FORMS / f"{form}.typ"),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"] if archival else [],
            # Tags help no reader of a one-page form and cost a third of the time.
            pdf_tags=False,
            timestamp=at.astimezone(UTC).replace(microsecond=0) if at else None,
        )
    if not isinstance(made, bytes):
        raise TypeError(f"the press gave {type(made)} for {form}")
    return made


def qr_svg(address: str) -> str:
    """Return the QR code of an address of ours as SVG."""
    # Any mask is read; looking for the prettiest of eight costs as much as half a receipt.
    return segno.make(address, error="m", mask=0).svg_inline(scale=4, border=0)


def site_address(path: str) -> str:
    return settings.SITE_URL + path
