"""Forms of the cataloguers' pages."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tinhso.procedures.editing import LABELS, WrongText, as_texts, from_texts
from tinhso.procedures.imports.parts import CODE
from tinhso.procedures.life_events import LIFE_EVENTS
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import draft_text
from tinhso.procedures.views.words import CONVENTIONS, LEVELS, SERVICES, SUBJECTS

DATES = ["%d/%m/%Y", "%Y-%m-%d"]
LARGEST_FILE = 50 * 1024 * 1024
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "levels": list(LEVELS.items()),
    "subjects": list(SUBJECTS.items()),
    "life_events": [(event.key, event.title) for event in LIFE_EVENTS],
    "service": list(SERVICES.items()),
    "convention": list(CONVENTIONS.items()),
}
MANY = {"levels", "subjects", "life_events"}
YES_NO = {"same_day", "satisfaction_after"}
SHORT = {"field", "agency_field", "field_code", "decision", "publisher", "source_url"}
HELP = {
    "terms_counter": _(
        "Mỗi dòng một thời hạn: “5 ngày làm việc”; phí: “+ Lệ phí cấp giấy | 50000 | online=50”; ghi chú: “# …”. Bỏ trống là không nhận."
    ),
    "terms_online": _("Ghi như trên. Bỏ trống là không nhận trực tuyến."),
    "terms_post": _("Ghi như trên. Bỏ trống là không nhận qua bưu chính."),
    "cases": _("Mỗi dòng một giấy tờ: “Giấy chứng sinh | 1 bản chính | register=ho-tich”. Trường hợp mở bằng “[ma | Tên trường hợp]”."),
    "forms": _("Trang mở bằng “[ma | Tiêu đề | Lời dẫn]”; mỗi dòng một câu hỏi: “ma | Nhãn | kiểu | optional | help=…”."),
    "route": _("Mỗi dòng một bước: “ma | Tên | đơn vị | vai trò | % thời gian | việc | → bước sau”; “a + b” là song song."),
    "legal_bases": _("Mỗi dòng: “số ký hiệu | trích yếu | ngày ban hành”."),
    "outcomes": _("Mỗi dòng: “tên kết quả | mã kết quả”."),
    "keywords": _("Mỗi dòng một cách người dân gọi thủ tục này."),
    "tags": _("Mỗi dòng một nhãn, ví dụ de-an-06."),
    "agency_field": _("Ví dụ tu-phap, dat-dai: phòng chuyên môn có lĩnh vực này sẽ giải quyết."),
}


class ProcedureForm(forms.Form):
    """A procedure that the catalogue lacks."""

    code = forms.CharField(
        label=_("Mã thủ tục"), max_length=40, validators=[RegexValidator(rf"^{CODE.pattern}$", _("Mã thủ tục có dạng 1.001193."))]
    )
    name = forms.CharField(label=_("Tên thủ tục"), max_length=1000)
    field = forms.CharField(label=_("Lĩnh vực"), max_length=200)
    level = forms.ChoiceField(label=_("Cấp thực hiện"), choices=list(LEVELS.items()))


class DraftForm(forms.Form):
    """Everything a draft says, as texts."""

    def __init__(self, draft: ProcedureVersion, data=None):
        self.draft = draft
        texts = as_texts(draft_text(draft))
        initial: dict[str, Any] = {part: text.splitlines() if part in MANY else text for part, text in texts.items()}
        super().__init__(data, initial=initial | {part: texts[part] == "có" for part in YES_NO})
        for part, label in LABELS.items():
            self.fields[part] = _field(part, label)
        self.definition = None

    def clean(self):
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.definition = from_texts(self.draft.procedure.code, {part: _text(part, cleaned[part]) for part in LABELS})
        except WrongText as wrong:
            self.add_error(wrong.part if wrong.part in self.fields else None, str(wrong))
        return cleaned


def _field(part: str, label: str) -> forms.Field:
    required, help_text = part in ("name", "field", "levels", "service"), HELP.get(part, "")
    if part in MANY:
        return forms.MultipleChoiceField(
            label=label, choices=CHOICES[part], required=required, widget=forms.CheckboxSelectMultiple, help_text=help_text
        )
    if part in CHOICES:
        return forms.ChoiceField(label=label, choices=CHOICES[part], required=required, help_text=help_text)
    if part in YES_NO:
        return forms.BooleanField(label=label, required=False)
    widget = forms.TextInput if part in SHORT else forms.Textarea(attrs={"rows": 8 if part in ("cases", "forms", "route") else 3})
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text)


def _text(part: str, value: Any) -> str:
    if part in MANY:
        return "\n".join(value)
    if part in YES_NO:
        return "có" if value else "không"
    return str(value)


class PublishForm(forms.Form):
    valid_from = forms.DateField(
        label=_("Hiệu lực từ ngày"), input_formats=DATES, widget=forms.DateInput(format=DATES[0]), help_text=_("Hôm nay hoặc sau hôm nay.")
    )


class ImportForm(forms.Form):
    """A file of procedures and the day from which they are in force."""

    file = forms.FileField(
        label=_("Tệp thủ tục"),
        allow_empty_file=True,
        help_text=_("JSON trả về của LayThuTuc, hoặc danh mục mỗi dòng một bản ghi JSON; có thể nén gzip."),
    )
    valid_from = forms.DateField(label=_("Hiệu lực từ ngày"), input_formats=DATES, widget=forms.DateInput(format=DATES[0]))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("Tệp lớn hơn 50 MB. Hãy chia nhỏ rồi nhập lại."))
        return file
