"""Plausible answers and papers for any procedure: invented, and said to be so on the paper."""

from typing import Any

import typst

from tinhso.dossiers.rules.answers import applies
from tinhso.kernel.files import keep
from tinhso.kernel.inspection import PDF
from tinhso.kernel.models import StoredFile
from tinhso.procedures.definition import Definition, FormField

BY_KIND: dict[str, Any] = {
    "text": "Nội dung minh họa",
    "long_text": "Nội dung minh họa, không có thật.",
    "number": "2",
    "money": "1.250.000",
    "date": "01/04/2024",
    "yes_no": "có",
    "phone": "0905123456",
    "email": "binh.an@tinhso.example",
    "personal_number": "049190012345",
    "tax_code": "0100109106",
    "commune": "Phường An Mỹ",
    "address": "Khối phố 3, phường An Mỹ, thành phố Tam Kỳ",
    "land_parcel": "Thửa 12, tờ bản đồ 5",
    "area": "120,5",
}
NAMED = (
    ("ho_ten_tre", "Nguyễn Minh Khôi"),
    ("ten_tre", "Nguyễn Minh Khôi"),
    ("ho_ten", "Nguyễn Thị Bình An"),
    ("cha", "Nguyễn Văn Hòa"),
    ("me", "Nguyễn Thị Bình An"),
)


def sample_answers(definition: Definition) -> dict[str, Any]:
    """Return answers that the form accepts."""
    answers: dict[str, Any] = {}
    for page in definition.forms:
        for field in page.fields:
            if applies(field, answers):
                answers[field.key] = _answer(field)
    return answers


def _answer(field: FormField) -> Any:
    if field.kind == "choice":
        return field.choices[0]
    if field.kind == "choices":
        return field.choices[:1]
    if field.kind in ("number", "area") and field.minimum is not None:
        return str(max(field.minimum, 2))
    if field.kind == "text":
        key = field.key.replace("-", "_")
        return next((value for part, value in NAMED if part in key), BY_KIND["text"])
    return BY_KIND[field.kind]


def sample_paper(name: str, owner: str) -> StoredFile:
    """Return a one-page PDF that stands for a paper."""
    text = """#set page(paper: "a5", margin: 18mm)
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#align(center)[*#sys.inputs.name*]
#v(1cm)
Của: #sys.inputs.owner
#v(1cm)
#emph[Giấy tờ minh họa, không có giá trị sử dụng.]"""
    return keep(typst.compile(text.encode(), sys_inputs={"name": name, "owner": owner}), media_type=PDF)
