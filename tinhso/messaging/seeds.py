"""The templates that come with the house: added where they are missing, never changed where they are not."""

import json
from datetime import date
from pathlib import Path

from tinhso.messaging.models import MessageTemplate

FILE = Path(__file__).parent / "data" / "templates.json"
SINCE = date(2020, 1, 1)


def seed_templates() -> int:
    """Add the templates whose key nobody has yet, and return how many."""
    known = set(MessageTemplate.objects.values_list("key", flat=True).distinct())
    rows = [
        MessageTemplate(valid_from=SINCE, **facts) for facts in json.loads(FILE.read_text(encoding="utf-8")) if facts["key"] not in known
    ]
    MessageTemplate.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
