import json

from django.core.management.base import BaseCommand

from tinhso.kernel.calendars import SEEDED_YEARS, seed


class Command(BaseCommand):
    help = "Ghi ngày nghỉ lễ, Tết của các năm chưa có vào lịch làm việc; năm đã có thì không đụng tới."

    def add_arguments(self, parser):
        parser.add_argument("--first", type=int, default=SEEDED_YEARS[0])
        parser.add_argument("--last", type=int, default=SEEDED_YEARS[-1])
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        made = seed(range(options["first"], options["last"] + 1))
        if options["json"]:
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write("\n".join(f"{year}: {rows} ngày" for year, rows in made.items()) or "Lịch đã đủ.")
