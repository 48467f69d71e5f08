"""Say how the due moment of a dossier follows from its facts."""

import json as json_module

from django.core.management.base import BaseCommand, CommandError

from tinhso.dossiers.models import Dossier
from tinhso.dossiers.queries.deadlines import deadline_of, explain, stale_deadlines


class Command(BaseCommand):
    help = "Giải thích từng câu vì sao hồ sơ có hạn trả như vậy"

    def add_arguments(self, parser):
        parser.add_argument("code", help="mã hồ sơ")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, code: str, json: bool, **options):
        dossier = Dossier.objects.select_related("extension").filter(code=code.strip().upper()).first()
        if dossier is None:
            raise CommandError(f"Không có hồ sơ {code}.")
        sentences = explain(dossier)
        due = deadline_of(dossier).due_at if dossier.received_at else None
        if json:
            facts = {
                "code": dossier.code,
                "status": dossier.get_status_display(),
                "received_at": dossier.received_at,
                "promised_at": dossier.promised_at,
                "due_at": dossier.due_at,
                "computed_due_at": due,
                "stale": stale_deadlines(dossier),
                "sentences": sentences,
            }
            self.stdout.write(json_module.dumps(facts, ensure_ascii=False, default=lambda moment: moment.isoformat()))
            return
        for sentence in sentences:
            self.stdout.write(sentence)
