"""Play one dossier through its whole life with the people of the demonstration province, and print what happened."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate, localtime, now

from tinhso.directory.models import Person, UnitCode
from tinhso.dossiers.demo.player import play_filing, play_reception, play_to_the_end
from tinhso.dossiers.models import Status
from tinhso.kernel.events import timeline
from tinhso.procedures.models import ProcedureVersion


class Command(BaseCommand):
    help = "Chạy một hồ sơ minh họa từ lúc nộp đến lúc trả kết quả đã ký và in dòng thời gian"

    def add_arguments(self, parser):
        parser.add_argument("--procedure", default="1.001193", help="mã thủ tục (mặc định: đăng ký khai sinh)")
        parser.add_argument("--agency", default="20341", help="mã đơn vị hành chính của nơi giải quyết (mặc định: phường An Mỹ)")
        parser.add_argument("--citizen", default="cong-dan.an", help="tên đăng nhập của người nộp")

    def handle(self, *, procedure: str, agency: str, citizen: str, **options):
        day = localdate()
        version = ProcedureVersion.objects.on(day).fileable().filter(procedure__code=procedure).order_by("-number").first()
        code = UnitCode.objects.filter(code=agency).select_related("unit").first()
        person = Person.objects.filter(username=citizen).first()
        if version is None or code is None or person is None:
            raise CommandError("Chưa có tỉnh minh họa hoặc thủ tục này: chạy manage.py load_demo và load_procedures trước.")
        began = time.perf_counter()
        dossier = play_filing(version, code.unit, person, now)
        play_reception(dossier, now)
        dossier = play_to_the_end(dossier, now)
        took = time.perf_counter() - began
        self.stdout.write(f"Hồ sơ {dossier.code}: {version.name}")
        for event in timeline(dossier):
            self.stdout.write(f"  {localtime(event.at):%H:%M:%S}  {event.announcement.says().strip()}")
        self.stdout.write(f"  {settings.SITE_URL}{dossier.tracking_url()}")
        if dossier.status != Status.RETURNED:
            raise CommandError(f"Hồ sơ dừng ở trạng thái “{dossier.get_status_display()}”.")
        self.stdout.write(f"Chạy hết vòng đời trong {took:.1f} giây.")
