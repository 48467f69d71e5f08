"""What a password must be; Django's judgement in our words (its Vietnamese catalogue has none for this)."""

from django.contrib.auth import password_validation as judges
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 10


class Password:
    def __init__(self):
        self.judges = [
            (judges.MinimumLengthValidator(SHORTEST), _("Mật khẩu cần ít nhất %(shortest)s ký tự; một câu ngắn dễ nhớ là tốt nhất.")),
            (judges.CommonPasswordValidator(), _("Mật khẩu này quá phổ biến, ai cũng đoán được.")),
            (judges.NumericPasswordValidator(), _("Mật khẩu không được chỉ gồm chữ số.")),
            (judges.UserAttributeSimilarityValidator(("username", "full_name", "email")), _("Mật khẩu quá giống tên hoặc tên đăng nhập.")),
        ]

    def validate(self, password, user=None):
        for judge, sentence in self.judges:
            try:
                judge.validate(password, user)
            except ValidationError as fault:
                raise ValidationError(sentence % {"shortest": SHORTEST}, code=fault.code) from None

    def get_help_text(self):
        return _("Ít nhất %(shortest)s ký tự, không phổ biến, không giống tên của mình.") % {"shortest": SHORTEST}
