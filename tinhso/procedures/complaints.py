"""What is wrong with a definition, in the words of the people who wrote it."""

from pydantic import ValidationError

_SAID = {
    "missing": "thiếu giá trị",
    "greater_than": "phải lớn hơn {gt}",
    "string_type": "phải là chữ",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "bool_type": "phải là có hoặc không",
    "list_type": "phải là danh sách",
    "dict_type": "phải là nhóm giá trị",
    "model_type": "phải là nhóm giá trị",
    "extra_forbidden": "không có mục này",
    "string_pattern_mismatch": "sai dạng",
}


def complaint(error: ValidationError) -> str:
    """Return the first fault of a definition as a sentence: where it is, what was written, what may be written."""
    first = error.errors(include_url=False)[0]
    where = " › ".join(str(part) if isinstance(part, str) else f"mục {part + 1}" for part in first["loc"])
    context = first.get("ctx", {})
    if first["type"] in ("literal_error", "enum"):
        said = f"“{str(first['input'])[:60]}” không có trong {context['expected'].replace(' or ', ', ')}"
    else:
        said = _SAID.get(first["type"], "không hợp lệ").format(**context)
    return f"{where}: {said}" if where else said
