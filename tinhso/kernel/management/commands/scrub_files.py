import json
import sys

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from tinhso.kernel.file_care import scrub
from tinhso.kernel.models import FileFault


class Command(BaseCommand):
    help = "Băm lại tệp trong kho và so với tên: mỗi ngày một phần ba mươi, hoặc tất cả với --all."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        result = scrub(share=None if options["all"] else localdate().toordinal())
        faults = [str(fault) for fault in FileFault.objects.order_by("sha256")]
        if options["json"]:
            self.stdout.write(json.dumps({**result, "list": faults}, ensure_ascii=False))
        else:
            self.stdout.write(f"Đã kiểm tra {result['checked']} tệp, {result['faults']} tệp hỏng.")
            self.stdout.write("\n".join(faults))
        if result["faults"]:
            sys.exit(1)
