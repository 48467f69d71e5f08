"""The receipt as a paper: PDF/A by Typst, the same facts always the same bytes."""

import json
import threading
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.timezone import localdate
from vn_money import to_words

from tinhso.payments.models import Payment, Receipt

FORMS = Path(__file__).parent / "forms"
FONTS = settings.BASE_DIR / "build" / "fonts"
_at_press = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(FORMS), font_paths=[str(FONTS)] if FONTS.is_dir() else [], ignore_system_fonts=True)


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the receipt for printing and keeping."""
    with _at_press:
        made = _compiler().compile(
            input=str(FORMS / "receipt.typ"),
            sys_inputs={"data": json.dumps(_says(receipt), ensure_ascii=False)},
            pdf_standards=["a-2b"],
            pdf_tags=False,
            timestamp=receipt.issued_at.astimezone(UTC).replace(microsecond=0),
        )
    if not isinstance(made, bytes):
        raise TypeError(f"the press gave {type(made)} for a receipt")
    return made


def _says(receipt: Receipt) -> dict[str, Any]:
    asked = receipt.request
    last = Payment.objects.filter(request=asked).exclude(verdict=Payment.Verdict.LATE).order_by("at", "pk").last()
    transfer = last is not None and last.way == Payment.Way.TRANSFER
    day = localdate(receipt.issued_at)
    words = to_words(receipt.amount)
    return {
        "agency": receipt.agency.name,
        "address": receipt.agency.address,
        "symbol": receipt.symbol,
        "number": f"{receipt.number:07d}",
        "day": f"Ngày {day.day:02d} tháng {day.month:02d} năm {day.year}",
        "payer": receipt.payer_name,
        "code": asked.code,
        "way": last.get_way_display() if last else "",
        "reference": last.bank_reference if last and transfer else "",
        "lines": [
            {"place": str(place), "name": line.name, "kind": line.get_kind_display(), "amount": _dots(line.amount)}
            for place, line in enumerate(asked.lines.order_by("pk"), 1)
        ],
        "amount": _dots(receipt.amount),
        "words": f"{words[:1].upper()}{words[1:]} đồng",
        "qr": segno.make(settings.SITE_URL + asked.get_absolute_url(), error="m", mask=0).svg_inline(scale=4, border=0),
        "note": "(Lập tự động khi ngân hàng báo có)" if transfer else "(Ký, ghi rõ họ tên)",
        "cashier": receipt.issued_by.full_name if receipt.issued_by else "",
    }


def _dots(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
