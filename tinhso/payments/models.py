"""What is asked, what came in, what goes back, and the receipts."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from tinhso.directory.models import Person, Unit
from tinhso.payments.rules import Verdict as Verdicts
from tinhso.payments.rules import money_text, viet_qr


class BankAccount(models.Model):
    """Where money for an agency goes (or for all that have no account of their own), from a day on."""

    agency = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cơ quan")
    bank_bin = models.CharField("mã ngân hàng (BIN)", max_length=6)
    bank_name = models.CharField("ngân hàng", max_length=120)
    number = models.CharField("số tài khoản", max_length=19)
    holder = models.CharField("tên tài khoản", max_length=120)
    valid_from = models.DateField("từ ngày")

    class Meta:
        verbose_name = "tài khoản nhận tiền"
        constraints = [models.UniqueConstraint(name="one_account_from_a_day", fields=["agency", "valid_from"], nulls_distinct=False)]

    def __str__(self):
        return f"{self.number} {self.bank_name}"


class PaymentRequest(models.Model):
    """Somebody is asked to pay for something: a dossier's fees at one moment of its life."""

    class State(models.TextChoices):
        DUE = "due", "chờ nộp"
        PAID = "paid", "đã nộp"
        EXPIRED = "expired", "hết hạn nộp"
        CANCELLED = "cancelled", "đã hủy"
        REFUNDED = "refunded", "đã hoàn"

    # What it is for; no foreign key, areas above are not known here.
    subject_kind = models.CharField("loại đối tượng", max_length=60)
    subject_id = models.BigIntegerField("đối tượng")
    agency = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="cơ quan thu")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name="tài khoản nhận")
    code = models.CharField("mã hồ sơ", max_length=60)
    ordinal = models.PositiveSmallIntegerField("lần", default=1)
    purpose = models.CharField("nội dung chuyển khoản", max_length=25)
    # The purpose as banks leave it: how a transfer is known.
    key = models.CharField("khóa đối chiếu", max_length=25, unique=True)
    # Part of the address of its page: whoever holds it may pay, and sees nothing else.
    token = models.CharField("mã trang nộp", max_length=32, unique=True)
    amount = models.BigIntegerField("số tiền")
    state = models.CharField("trạng thái", max_length=9, choices=State, default=State.DUE)
    payer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="payment_requests", verbose_name="người nộp")
    payer_name = models.CharField("tên người nộp", max_length=200)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người yêu cầu")
    asked_at = models.DateTimeField("yêu cầu lúc")
    expires_at = models.DateTimeField("hạn nộp", null=True)
    paid_at = models.DateTimeField("nộp lúc", null=True)
    closed_at = models.DateTimeField("đóng lúc", null=True)
    closed_reason = models.CharField("lý do", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "khoản phải nộp"
        constraints = [
            models.CheckConstraint(name="payment_asks_for_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="what_is_paid_has_its_moment", condition=Q(paid_at__isnull=False) | ~Q(state__in=["paid", "refunded"])
            ),
            models.UniqueConstraint(name="one_due_payment_per_subject", fields=["subject_kind", "subject_id"], condition=Q(state="due")),
            models.UniqueConstraint(name="payments_of_a_code_are_numbered", fields=["code", "ordinal"]),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="payment_of_subject"),
            models.Index(fields=["expires_at"], name="payment_expiring", condition=Q(state="due")),
        ]

    def __str__(self):
        return f"{self.code}: {money_text(self.amount)} {self.get_state_display()}"

    def get_absolute_url(self):
        return reverse("pay", args=[self.token])

    @property
    def event_agency_id(self):
        return self.agency_id

    @property
    def amount_text(self):
        return money_text(self.amount)

    @property
    def qr_text(self):
        return viet_qr(self.account.bank_bin, self.account.number, self.amount, self.purpose)


class PaymentLine(models.Model):
    """One fee or charge of a request."""

    class Kind(models.TextChoices):
        FEE = "phi", "phí"
        CHARGE = "le_phi", "lệ phí"

    request = models.ForeignKey(PaymentRequest, models.CASCADE, related_name="lines", verbose_name="khoản phải nộp")
    name = models.CharField("tên", max_length=300)
    code = models.CharField("mã", max_length=60, blank=True, default="")
    kind = models.CharField("loại", max_length=6, choices=Kind, default=Kind.CHARGE)
    amount = models.BigIntegerField("số tiền")

    class Meta:
        verbose_name = "dòng phí, lệ phí"
        constraints = [models.CheckConstraint(name="fee_line_is_not_negative", condition=Q(amount__gte=0))]

    def __str__(self):
        return f"{self.name}: {money_text(self.amount)}"


class Payment(models.Model):
    """Money that came in. A bank's reference is known once."""

    class Way(models.TextChoices):
        TRANSFER = "transfer", "chuyển khoản"
        CASH = "cash", "tiền mặt tại quầy"

    class Verdict(models.TextChoices):
        EXACT = Verdicts.EXACT, "đúng số tiền"
        SHORT = Verdicts.SHORT, "thiếu tiền"
        OVER = Verdicts.OVER, "thừa tiền"
        LATE = Verdicts.LATE, "đến khi không còn phải nộp"
        UNKNOWN = Verdicts.UNKNOWN, "không rõ nộp cho việc gì"

    request = models.ForeignKey(PaymentRequest, models.PROTECT, null=True, related_name="payments", verbose_name="khoản phải nộp")
    amount = models.BigIntegerField("số tiền")
    way = models.CharField("cách nộp", max_length=8, choices=Way)
    bank_reference = models.CharField("mã giao dịch", max_length=60, unique=True)
    remark = models.CharField("nội dung", max_length=300, blank=True, default="")
    at = models.DateTimeField("nộp lúc")
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thu")
    verdict = models.CharField("đối chiếu", max_length=7, choices=Verdict)
    # What is too much and must go back or be explained.
    excess = models.BigIntegerField("số thừa", default=0)
    settled_at = models.DateTimeField("xử lý xong lúc", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người xử lý")
    note = models.CharField("cách xử lý", max_length=300, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "khoản tiền đã nhận"
        constraints = [
            models.CheckConstraint(name="payment_is_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="exact_payments_are_settled", condition=~Q(verdict="exact") | Q(settled_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["-at"], name="payment_to_reconcile", condition=Q(settled_at=None))]

    def __str__(self):
        return f"{self.bank_reference}: {money_text(self.amount)}"

    @property
    def event_agency_id(self):
        return self.request.agency_id if self.request else None

    @property
    def amount_text(self):
        return money_text(self.amount)


class Refund(models.Model):
    """Money that goes back, asked for by one and carried out by another."""

    class State(models.TextChoices):
        ASKED = "asked", "chờ hoàn"
        DONE = "done", "đã hoàn"
        REFUSED = "refused", "không hoàn"

    request = models.ForeignKey(PaymentRequest, models.PROTECT, related_name="refunds", verbose_name="khoản đã nộp")
    amount = models.BigIntegerField("số tiền")
    reason = models.CharField("lý do", max_length=300)
    state = models.CharField("trạng thái", max_length=7, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người đề nghị")
    asked_at = models.DateTimeField("đề nghị lúc")
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thực hiện")
    ended_at = models.DateTimeField("xong lúc", null=True)
    bank_reference = models.CharField("mã giao dịch hoàn", max_length=60, blank=True, default="")
    note = models.CharField("ghi chú", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "hoàn tiền"
        constraints = [
            models.CheckConstraint(name="refund_is_money", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="one_open_refund_per_request", fields=["request"], condition=Q(state="asked")),
            models.UniqueConstraint(name="one_refund_per_bank_reference", fields=["bank_reference"], condition=~Q(bank_reference="")),
        ]

    def __str__(self):
        return f"{self.request.code}: {money_text(self.amount)} {self.get_state_display()}"

    @property
    def amount_text(self):
        return money_text(self.amount)


class Receipt(models.Model):
    """Biên lai: proof that fees were paid, numbered without gap in the agency's series of the year."""

    request = models.OneToOneField(PaymentRequest, models.PROTECT, related_name="receipt", verbose_name="khoản đã nộp")
    agency = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="cơ quan")
    symbol = models.CharField("ký hiệu", max_length=10)
    number = models.PositiveIntegerField("số")
    amount = models.BigIntegerField("số tiền")
    payer_name = models.CharField("người nộp", max_length=200)
    issued_at = models.DateTimeField("lập lúc")
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người lập")

    class Meta:
        verbose_name = "biên lai"
        constraints = [
            models.UniqueConstraint(name="one_receipt_number_per_series", fields=["agency", "symbol", "number"]),
            models.CheckConstraint(name="receipts_are_numbered_from_one", condition=Q(number__gte=1)),
        ]
        ordering = [F("agency"), "symbol", "number"]

    def __str__(self):
        return f"{self.symbol} {self.number:07d}"

    @property
    def amount_text(self):
        return money_text(self.amount)
