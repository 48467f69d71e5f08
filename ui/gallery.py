"""The living page of every component: what the screens are made of, drawn by the same templates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render

from tinhso.directory.access import roles
from tinhso.directory.models import Role

NOW = datetime(2026, 4, 28, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def moment(day: int, hour: int, month: int = 4) -> datetime:
    return NOW.replace(month=month, day=day, hour=hour)


class SampleForm(forms.Form):
    full_name = forms.CharField(label="Họ, chữ đệm, tên của trẻ", max_length=120, help_text="Viết như sẽ ghi trong giấy khai sinh.")
    birth = forms.DateField(label="Ngày sinh", help_text="Ví dụ: 20/11/2026", widget=forms.DateInput)
    number = forms.CharField(label="Số định danh của mẹ", max_length=12)
    sex = forms.ChoiceField(label="Giới tính", choices=[("nam", "Nam"), ("nu", "Nữ")], widget=forms.RadioSelect)
    place = forms.ChoiceField(label="Nơi sinh", choices=[("", "Chọn nơi sinh"), ("1", "Bệnh viện Nhi Quảng Nam"), ("2", "Trạm y tế xã")])
    copies = forms.MultipleChoiceField(
        label="Bản sao cần cấp",
        choices=[("giay", "Bản giấy"), ("dien-tu", "Bản điện tử")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Lời nhắn", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="Tôi cam đoan những điều khai trên là đúng.")


def gallery(request):
    """Show the page to whoever develops or operates the site; it does not exist for others."""
    if not (settings.DEBUG or (request.user.is_authenticated and Role.OPERATOR in roles(request.user))):
        raise Http404
    form = SampleForm({"full_name": "Nguyễn Thị An", "birth": "31/02/2026", "number": "", "sex": "nu", "note": "Nhận kết quả buổi chiều."})
    rows = [
        {"code": "H49.31.04-260421-0007", "name": "Đăng ký khai sinh", "who": "Nguyễn Thị An", "due": moment(27, 17)},
        {"code": "H49.31.04-260424-0012", "name": "Cấp bản sao trích lục hộ tịch", "who": "Trần Văn Bình", "due": moment(28, 17)},
        {"code": "H49.31.04-260427-0003", "name": "Xác nhận tình trạng hôn nhân", "who": "Lê Thị Cúc", "due": moment(5, 10, 5)},
    ]
    words = {
        "form": form,
        "now": NOW,
        "late": moment(24, 10),
        "today": moment(28, 17),
        "soon": moment(29, 10),
        "calm": moment(5, 10, 5),
        "before": moment(23, 10),
        "rows": rows,
        "steps": ["Trẻ em", "Cha mẹ", "Giấy tờ", "Nhận kết quả", "Xem lại"],
        "pairs": [("Mã hồ sơ", "H49.31.04-260421-0007"), ("Người nộp", "Nguyễn Thị An"), ("Nơi giải quyết", "UBND phường Tân Thạnh")],
        "choices": [("counter", "Tại Bộ phận Một cửa", "Mang theo căn cước"), ("post", "Qua bưu điện", "Phí bưu điện 25.000 đ")],
        "way": [("Trang chủ", "/"), ("Hộ tịch", "/giao-dien/")],
    }
    shell = "officer" if "can-bo" in request.GET else "citizen"
    return render(request, "gallery.html", {**words, "shell": f"base_{shell}.html"})
