import signal

from django.core.management.base import BaseCommand

from tinhso.kernel.sealing import default_ledger
from tinhso.kernel.worker import Worker, drain


class Command(BaseCommand):
    help = "Chạy tiến trình nền: niêm phong và giao sự kiện, làm việc hẹn giờ. Dừng êm bằng SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="làm hết việc đang chờ rồi thôi")

    def handle(self, *args, **options):
        if options["once"]:
            drain(default_ledger())
            return
        worker = Worker()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop())
        worker.run()
