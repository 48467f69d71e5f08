import json
from datetime import date, timedelta

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from tinhso.kernel.connectors import NotConnected
from tinhso.payments.actions import fetch_statement
from tinhso.payments.models import Payment


class Command(BaseCommand):
    help = "Đọc sao kê ngân hàng, ghi nhận giao dịch còn thiếu và liệt kê những khoản cần đối soát."

    def add_arguments(self, parser):
        parser.add_argument("--day", type=date.fromisoformat, help="một ngày (mặc định: hôm qua và hôm nay)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        today = localdate()
        days = [options["day"]] if options["day"] else [today - timedelta(days=1), today]
        statement: dict[str, int] | None = {"transfers": 0, "new": 0, "refused": 0}
        try:
            for day in days:
                statement = {name: (statement or {})[name] + number for name, number in fetch_statement(day).items()}
        except NotConnected:
            statement = None
        waiting = [
            {
                "bank_reference": payment.bank_reference,
                "amount": payment.amount,
                "excess": payment.excess,
                "verdict": payment.verdict,
                "code": payment.request.code if payment.request else None,
                "at": payment.at.isoformat(),
            }
            for payment in Payment.objects.filter(settled_at=None).select_related("request").order_by("at")
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"statement": statement, "to_reconcile": waiting}, ensure_ascii=False))
            return
        self.stdout.write(
            "Chưa kết nối ngân hàng." if statement is None else "Sao kê {transfers} giao dịch, {new} giao dịch mới.".format(**statement)
        )
        for row in waiting:
            self.stdout.write("{bank_reference}\t{amount}\t{verdict}\t{code}".format(**row))
        self.stdout.write(f"{len(waiting)} khoản cần đối soát.")
