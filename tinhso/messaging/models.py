"""What was said to whom, by which ways it went, and the texts it was made of."""

from datetime import date

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from tinhso.directory.models import Person
from tinhso.kernel.vault import SealedField, mask


class TemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def in_force(self, key: str, day: date) -> "MessageTemplate":
        """Return the version of a template that holds on a day; DoesNotExist is a mistake of the caller."""
        return self.filter(key=key, valid_from__lte=day).latest("valid_from")


class MessageTemplate(models.Model):
    """The wording of a message from a day on. `fields` are the names that the sender fills."""

    key = models.CharField("khóa", max_length=60)
    name = models.CharField("tên", max_length=120)
    valid_from = models.DateField("từ ngày")
    fields = models.JSONField("trường", default=list)
    subject = models.CharField("tiêu đề", max_length=200)
    body = models.TextField("nội dung")
    # A text for telephones; empty: this message does not go there.
    short = models.CharField("tin nhắn ngắn", max_length=300, blank=True, default="")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu thông báo"
        constraints = [models.UniqueConstraint(name="one_message_template_from_a_day", fields=["key", "valid_from"])]

    def __str__(self):
        return f"{self.key} ({self.valid_from:%d/%m/%Y})"


class MessageQuerySet(models.QuerySet["Message"]):
    def unread(self):
        return self.filter(read_at=None)


class Message(models.Model):
    """One message to one person (or only to addresses, when they have no account). In-app it stands at once."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="messages", verbose_name="người nhận")
    to_name = models.CharField("tên người nhận", max_length=200)
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="+", verbose_name="mẫu")
    about_kind = models.CharField("về loại", max_length=60, blank=True, default="")
    about_id = models.BigIntegerField("về đối tượng", null=True)
    # The same event told twice sends one message.
    once_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    subject = models.CharField("tiêu đề", max_length=200)
    body = SealedField("nội dung")
    link = models.CharField("trang liên quan", max_length=300, blank=True, default="")
    at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đọc lúc", null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        indexes = [
            models.Index(fields=["person", "-id"], name="message_of_person"),
            models.Index(fields=["person"], name="unread_of_person", condition=models.Q(read_at=None)),
            models.Index(fields=["about_kind", "about_id"], name="message_about"),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("notice", args=[self.pk])


class Dispatch(models.Model):
    """The way of one message through one channel, with the proof that it arrived or the reason why not."""

    class Channel(models.TextChoices):
        MAIL = "mail", "thư điện tử"
        SMS = "sms", "tin nhắn SMS"
        CHAT = "chat", "Zalo"

    class State(models.TextChoices):
        WAITING = "waiting", "chờ gửi"
        SENT = "sent", "đã gửi"
        GIVEN_UP = "given_up", "không gửi được"
        NOT_CONNECTED = "not_connected", "chưa kết nối kênh này"

    message = models.ForeignKey(Message, models.CASCADE, related_name="dispatches", verbose_name="thông báo")
    channel = models.CharField("kênh", max_length=4, choices=Channel)
    address = SealedField("địa chỉ")
    state = models.CharField("trạng thái", max_length=13, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    next_try_at = models.DateTimeField("thử lại lúc", null=True)
    sent_at = models.DateTimeField("gửi lúc", null=True)
    proof = models.CharField("máy nhận trả lời", max_length=300, blank=True, default="")
    error = models.CharField("lỗi", max_length=300, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "lần gửi"
        constraints = [
            models.UniqueConstraint(name="one_dispatch_per_channel", fields=["message", "channel"]),
            models.CheckConstraint(
                name="what_was_sent_has_its_moment", condition=models.Q(state="sent", sent_at__isnull=False) | ~models.Q(state="sent")
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="dispatch_due", condition=models.Q(state="waiting"))]

    def __str__(self):
        return f"{self.get_channel_display()} {self.masked_address}: {self.get_state_display()}"

    @property
    def masked_address(self):
        name, at, domain = self.address.partition("@")
        return f"{name[:1]}***@{domain}" if at else mask(self.address)
