"""Setting a paper: data in, PDF/A out."""

import json
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

FORMS = Path(__file__).parent / "forms"


def set_paper(form: str, data: dict[str, Any], *, archival: bool = True) -> bytes:
    """Return the PDF of a form (`forms/<form>.typ`) filled with data; PDF/A-2b unless a quick look is enough."""
    return typst.compile(
        str(FORMS / f"{form}.typ"),
        root=str(FORMS),
        font_paths=[],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"] if archival else [],
    )


def qr_svg(address: str) -> str:
    """Return the QR code of an address of ours as SVG."""
    return segno.make(address, error="m").svg_inline(scale=4, border=2)


def site_address(path: str) -> str:
    return settings.SITE_URL + path
