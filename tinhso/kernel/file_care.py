"""Looking after stored files: re-hashing a share every day, collecting what nobody refers to."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from tinhso.kernel.file_store import store
from tinhso.kernel.files import CHUNK, FILE_LOCK
from tinhso.kernel.models import FileFault, StoredFile

SHARES = 30
ORPHAN_DAYS = 7


def scrub(*, share: int | None) -> dict[str, int]:
    """Hash one of thirty shares of all files again (all when `share` is None) and write down what is wrong."""
    seen = faults = 0
    for sha256 in StoredFile.objects.values_list("sha256", flat=True).order_by("sha256").iterator(chunk_size=500):
        if share is not None and int(sha256[:8], 16) % SHARES != share % SHARES:
            continue
        seen += 1
        fault = _fault(sha256)
        if fault:
            faults += 1
            FileFault.objects.update_or_create(sha256=sha256, defaults={"fault": fault})
        else:
            # Restored since: the list shows what is wrong now.
            FileFault.objects.filter(sha256=sha256).delete()
    return {"checked": seen, "faults": faults}


def _fault(sha256: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with store().open(sha256) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return FileFault.Fault.MISSING
    return None if digest.hexdigest() == sha256 else FileFault.Fault.ALTERED


def collect_orphans(*, before: datetime) -> dict[str, int]:
    """Remove files that nothing refers to and that are older than a moment (normally seven days ago)."""
    unused = StoredFile.objects.filter(stored_at__lt=before)
    for relation in StoredFile._meta.related_objects:
        unused = unused.exclude(Exists(relation.related_model._base_manager.filter(**{relation.field.attname: OuterRef("pk")})))
    rows = sum(_collect(sha256, before) for sha256 in unused.values_list("sha256", flat=True))
    strays = 0
    for sha256, stored_at in store().everything():
        if stored_at < before and not StoredFile.objects.filter(pk=sha256).exists():
            strays += _collect(sha256, before)
    return {"unused": rows, "strays": strays}


def orphan_limit(now: datetime) -> datetime:
    return now - timedelta(days=ORPHAN_DAYS)


def _collect(sha256: str, before: datetime) -> bool:
    """Remove one file, row first; whoever keeps the same bytes at this moment wins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [FILE_LOCK, sha256])
        if not cursor.fetchone()[0]:
            return False
        try:
            with transaction.atomic():
                unused = StoredFile.objects.filter(pk=sha256, stored_at__lt=before)
                for relation in StoredFile._meta.related_objects:
                    unused = unused.exclude(Exists(relation.related_model._base_manager.filter(**{relation.field.attname: OuterRef("pk")})))
                unused.delete()
            if StoredFile.objects.filter(pk=sha256).exists():
                return False
            store().delete(sha256)
            return True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [FILE_LOCK, sha256])
