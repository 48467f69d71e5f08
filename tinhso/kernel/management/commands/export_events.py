import sys

from django.core.management.base import BaseCommand

from tinhso.kernel.verifying import export


class Command(BaseCommand):
    help = "Xuất sổ sự kiện ra JSON lines để kiểm tra độc lập bằng deploy/verify_export.py."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default="-")

    def handle(self, *args, **options):
        if options["file"] == "-":
            export(sys.stdout)
            return
        with open(options["file"], "w") as file:
            written = export(file)
        self.stdout.write(f"Đã xuất {written} sự kiện ra {options['file']}.")
