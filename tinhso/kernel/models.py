"""Facts that belong to no area: events and their seals, files, counters, the working calendar."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """What happened. Written once, in the transaction that did it; the database refuses changes."""

    kind = models.CharField("loại", max_length=80)
    subject_kind = models.CharField("đối tượng", max_length=60)
    subject_id = models.BigIntegerField("mã đối tượng")
    agency_id = models.BigIntegerField("cơ quan", null=True)
    # No foreign key: the kernel knows no area, and an event outlives its person.
    actor_id = models.BigIntegerField("người thực hiện", null=True)
    at = models.DateTimeField("xảy ra lúc")
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now(), editable=False)
    payload = models.JSONField("nội dung", default=dict)
    # Made with a key that is not in the database: a row put there by other hands has none that holds.
    mark = models.BinaryField("dấu", max_length=24, default=b"", editable=False)

    class Meta:
        verbose_name = "sự kiện"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_of_subject"),
            models.Index(fields=["actor_id", "-id"], name="event_of_actor"),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"

    @property
    def announcement(self):
        from tinhso.kernel.announcements import announced

        return announced(self.kind, self.payload)

    @property
    def through(self) -> str:
        """Return the outside system through which the actor acted; empty for the pages."""
        return self.payload.get("through", "")


class StoredFile(models.Model):
    """A file known by its content: the same bytes are kept once, whoever brought them."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.BigIntegerField("số byte")
    media_type = models.CharField("kiểu", max_length=100)
    stored_at = models.DateTimeField("lưu lúc", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "tệp"

    def __str__(self):
        return self.sha256[:12]


class Counter(models.Model):
    """A running number without gaps: the row's lock is held until the transaction that took it ends."""

    series = models.CharField("dãy số", max_length=120)
    period = models.CharField("kỳ", max_length=20)
    value = models.BigIntegerField("đã cấp", default=0)

    class Meta:
        verbose_name = "bộ đếm"
        constraints = [models.UniqueConstraint(name="one_counter_per_series_and_period", fields=["series", "period"])]

    def __str__(self):
        return f"{self.series}/{self.period}: {self.value}"


class OnceKey(models.Model):
    """A key that a client made before it asked: asking again gets the first answer."""

    key = models.UUIDField("khóa", primary_key=True)
    verb = models.CharField("việc", max_length=80)
    actor_id = models.BigIntegerField("người thực hiện", null=True)
    digest = models.CharField("mã băm yêu cầu", max_length=64)
    answer = models.JSONField("kết quả", null=True)
    at = models.DateTimeField("lúc", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "khóa chống lặp"
        indexes = [models.Index(fields=["at"], name="once_key_age")]

    def __str__(self):
        return f"{self.verb} {self.key}"


class FileFault(models.Model):
    """A stored file that is missing or altered, found by the daily check; an operator restores it from a copy."""

    class Fault(models.TextChoices):
        MISSING = "missing", "không còn trong kho"
        ALTERED = "altered", "nội dung đã bị thay đổi"

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    fault = models.CharField("lỗi", max_length=8, choices=Fault)
    found_at = models.DateTimeField("phát hiện lúc", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "tệp hỏng"

    def __str__(self):
        return f"{self.sha256[:12]} {self.get_fault_display()}"


class SealedEvent(models.Model):
    """The place of an event in the ledger: dense, in the order in which events became visible.

    No foreign key: the seal must outlive whatever is done to the event.
    """

    position = models.BigIntegerField("vị trí", primary_key=True)
    event_id = models.BigIntegerField("sự kiện", unique=True)
    leaf = models.BinaryField("mã băm", max_length=32)

    class Meta:
        verbose_name = "sự kiện đã niêm phong"

    def __str__(self):
        return f"#{self.position}"


class Block(models.Model):
    """A run of positions bound together: Merkle root, hash of the block before, signature from outside the database."""

    number = models.BigIntegerField("số", primary_key=True)
    first = models.BigIntegerField("từ vị trí")
    last = models.BigIntegerField("đến vị trí", unique=True)
    root = models.CharField("gốc Merkle", max_length=64)
    previous = models.CharField("khối trước", max_length=64)
    sealed_at = models.CharField("niêm phong lúc", max_length=27)
    key_id = models.CharField("khóa", max_length=16)
    signature = models.CharField("chữ ký", max_length=128)

    class Meta:
        verbose_name = "khối niêm phong"
        constraints = [
            models.CheckConstraint(name="block_holds_events", condition=models.Q(last__gte=models.F("first"))),
        ]

    def __str__(self):
        return f"khối {self.number}"


class Progress(models.Model):
    """How far a listener has heard the ledger."""

    listener = models.CharField("nơi nhận", max_length=160, primary_key=True)
    position = models.BigIntegerField("đã nghe đến", default=0)

    class Meta:
        verbose_name = "tiến độ nghe"

    def __str__(self):
        return f"{self.listener}: {self.position}"


class PendingDelivery(models.Model):
    """An event that a listener failed to take, or that waits behind one that failed.

    Order is kept per subject: what happened later to the same object waits.
    """

    listener = models.CharField("nơi nhận", max_length=160)
    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name="sự kiện")
    position = models.BigIntegerField("vị trí")
    subject_kind = models.CharField("đối tượng", max_length=60)
    subject_id = models.BigIntegerField("mã đối tượng")
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    # Empty while it waits behind an earlier one, and once given up.
    next_try_at = models.DateTimeField("thử lại lúc", null=True)
    error = models.TextField("lỗi", blank=True, default="")
    given_up_at = models.DateTimeField("ngừng thử lúc", null=True)

    class Meta:
        verbose_name = "sự kiện chưa giao được"
        constraints = [models.UniqueConstraint(name="one_pending_per_listener_and_event", fields=["listener", "event"])]
        indexes = [
            models.Index(fields=["next_try_at"], name="pending_due", condition=models.Q(given_up_at=None)),
            models.Index(fields=["listener", "subject_kind", "subject_id", "position"], name="pending_of_subject"),
        ]

    def __str__(self):
        return f"{self.listener} ← {self.event_id}"

    @property
    def last_line(self):
        """Return the fault itself, without the way to it."""
        return self.error.strip().rsplit("\n", 1)[-1][:300]


class CalendarDay(models.Model):
    """A day on which work differs from the week: a day off, or a working day that the week does not know.

    A row of an agency takes the place of the row for everyone.
    """

    class Kind(models.TextChoices):
        OFF = "off", "nghỉ"
        EXTRA = "extra", "làm việc"

    # No foreign key: the kernel knows no area. Empty: for every agency of the province.
    agency_id = models.BigIntegerField("cơ quan", null=True, blank=True)
    day = models.DateField("ngày")
    kind = models.CharField("loại", max_length=5, choices=Kind)
    reason = models.CharField("lý do", max_length=200)
    announcement = models.CharField("văn bản", max_length=200, blank=True, default="")
    set_at = models.DateTimeField("ghi lúc", db_default=Now())

    class Meta:
        verbose_name = "ngày trong lịch làm việc"
        constraints = [
            models.UniqueConstraint(name="one_calendar_row_per_agency_and_day", fields=["agency_id", "day"], nulls_distinct=False),
        ]

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.get_kind_display()}: {self.reason}"

    @property
    def event_agency_id(self):
        return self.agency_id


class OfficeHours(models.Model):
    """The shifts of an agency (or of all) from a day on."""

    agency_id = models.BigIntegerField("cơ quan", null=True, blank=True)
    valid_from = models.DateField("từ ngày")
    # [["07:30", "11:30"], ["13:30", "17:00"]]
    shifts = models.JSONField("ca làm việc")
    announcement = models.CharField("văn bản", max_length=200, blank=True, default="")
    set_at = models.DateTimeField("ghi lúc", db_default=Now())

    class Meta:
        verbose_name = "giờ làm việc"
        constraints = [
            models.UniqueConstraint(name="one_office_hours_from_a_day", fields=["agency_id", "valid_from"], nulls_distinct=False),
        ]

    def __str__(self):
        return ", ".join(f"{start}–{end}" for start, end in self.shifts)

    @property
    def event_agency_id(self):
        return self.agency_id


class CalendarVersion(models.Model):
    """One row with a word that is new after every change of the calendar; a trigger writes it."""

    version = models.UUIDField("phiên bản")

    class Meta:
        verbose_name = "phiên bản lịch"

    def __str__(self):
        return str(self.version)
