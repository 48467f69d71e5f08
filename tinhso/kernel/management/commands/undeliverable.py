import json

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.kernel import undeliverable
from tinhso.kernel.models import PendingDelivery


class Command(BaseCommand):
    help = "Liệt kê sự kiện chưa giao được; --retry ID thử lại, --discard ID bỏ qua."

    def add_arguments(self, parser):
        parser.add_argument("--retry", type=int, nargs="*", metavar="ID", help="không kèm ID: tất cả")
        parser.add_argument("--discard", type=int, nargs="+", metavar="ID")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        rows = PendingDelivery.objects.order_by("position")
        if options["retry"] is not None:
            wanted = rows.filter(pk__in=options["retry"]) if options["retry"] else rows
            for row in wanted:
                undeliverable.try_again(row, by=None, at=now())
        if options["discard"]:
            for row in rows.filter(pk__in=options["discard"]):
                undeliverable.discard(row, by=None, at=now())
        listed = [
            {
                "id": row.pk,
                "listener": row.listener,
                "event": row.event_id,
                "subject": f"{row.subject_kind}:{row.subject_id}",
                "attempts": row.attempts,
                "next_try_at": row.next_try_at and row.next_try_at.isoformat(),
                "given_up_at": row.given_up_at and row.given_up_at.isoformat(),
                "error": row.last_line,
            }
            for row in rows.all()[:1000]
        ]
        if options["json"]:
            self.stdout.write(json.dumps(listed, ensure_ascii=False))
            return
        for row in listed:
            self.stdout.write("{id}\t{listener}\t{subject}\t{attempts}\t{error}".format(**row))
        self.stdout.write(f"{len(listed)} sự kiện chưa giao được.")
