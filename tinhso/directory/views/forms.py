"""Forms of the register, and how a refused action is said at its field."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.directory.models import Person, Role, Unit
from tinhso.kernel.errors import NotAllowed, Refused

DATES = ["%d/%m/%Y", "%Y-%m-%d"]


def attempt(form: forms.Form, action: Callable[[], Any]) -> Any | None:
    """Do an action; if it is refused, say why at the field that caused it and return None."""
    try:
        return action()
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return None


def choose_from(form: forms.Form, name: str, offered: Any) -> None:
    """Offer a field's choices, or the rows of its queryset."""
    field: Any = form.fields[name]
    if hasattr(field, "queryset"):
        field.queryset = offered
    else:
        field.choices = offered


class Day(forms.DateField):
    def __init__(self, **options):
        super().__init__(input_formats=DATES, widget=forms.DateInput(format=DATES[0]), **options)


class PostForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Đơn vị"), empty_label=None)
    role = forms.ChoiceField(choices=Role, label=_("Vai trò"))
    title = forms.CharField(max_length=120, required=False, label=_("Chức danh"), help_text=_("Như ghi dưới chữ ký, ví dụ “Chủ tịch”."))
    first = Day(label=_("Làm từ ngày"))
    last = Day(required=False, label=_("Đến hết ngày"))

    def __init__(self, *args, units: Iterable[Unit], **options):
        super().__init__(*args, **options)
        choose_from(self, "unit", units)


class OfficialForm(PostForm):
    full_name = forms.CharField(max_length=120, label=_("Họ và tên"))
    username = forms.CharField(max_length=60, label=_("Tên đăng nhập"), help_text=_("Chữ không dấu, ví dụ “hoa.lt”."))
    email = forms.EmailField(required=False, label=_("Thư điện tử"))
    field_order = ["full_name", "username", "email", "unit", "role", "title", "first"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        del self.fields["last"]


class EndForm(forms.Form):
    last = Day(label=_("Làm đến hết ngày"))


class SystemForm(forms.Form):
    name = forms.CharField(max_length=120, label=_("Tên hệ thống"))


class TokenForm(forms.Form):
    label = forms.CharField(max_length=100, label=_("Tên mã"), help_text=_("Nói mã dùng ở đâu, ví dụ “máy chủ chính”."))
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label=_("Phạm vi"))
    agencies = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        label=_("Cơ quan được phép"),
        help_text=_("Mã định danh của từng cơ quan, cách nhau bằng dấu phẩy, ví dụ “H47.31.01, H47.19”. Để trống: không cơ quan nào."),
    )
    expires_on = Day(required=False, label=_("Dùng đến hết ngày"))

    def __init__(self, *args, scopes: dict[str, str], **options):
        super().__init__(*args, **options)
        choose_from(self, "scopes", [(name, f"{label} ({name})") for name, label in scopes.items()])


class LendForm(forms.Form):
    post = forms.ChoiceField(label=_("Vị trí giao"))
    to = forms.ModelChoiceField(Person.objects.none(), label=_("Người làm thay"), empty_label=None)
    first = Day(label=_("Từ ngày"))
    last = Day(label=_("Đến hết ngày"))
    reason = forms.CharField(max_length=300, label=_("Lý do"), help_text=_("Được lưu cùng mọi việc làm thay."))
    document = forms.CharField(
        max_length=120, required=False, label=_("Văn bản ủy quyền"), help_text=_("Số, ngày của quyết định hoặc giấy ủy quyền.")
    )
    may_sign = forms.BooleanField(required=False, label=_("Được ký thay kết quả"))

    def __init__(self, *args, posts, colleagues, today: date, **options):
        super().__init__(*args, **(options | {"initial": {"first": today}}))
        choose_from(self, "post", [(str(post.pk), f"{post.title or post.get_role_display()}, {post.unit}") for post in posts])
        choose_from(self, "to", colleagues)
