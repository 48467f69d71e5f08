"""Doing a thing once although it is asked twice."""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import Refused
from tinhso.kernel.models import OnceKey


def digest_of(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(key: uuid.UUID | str | None, verb: str, *, by_id: int | None, request: Any, do: Callable[[], Any]) -> Any:
    """Run `do` and keep its answer (JSON) under `key`; asked again, return the kept answer.

    The key is written in the same transaction as the work, so a crash leaves neither.
    The same key with another request is refused: somebody mixed up two errands.
    """
    if key is None:
        with transaction.atomic():
            return do()
    digest = digest_of(request)
    with transaction.atomic():
        if _written(key, verb, by_id, digest):
            answer = do()
            # In a box, for work that answers nothing is done as well.
            OnceKey.objects.filter(key=key).update(answer=[answer])
            return answer
        row = OnceKey.objects.select_for_update().get(key=key)
        if row.verb != verb or row.actor_id != by_id or row.digest != digest:
            raise Refused("Yêu cầu này trùng mã với một yêu cầu khác. Vui lòng tải lại trang rồi làm lại.", code="key-reused")
        if row.answer is None:
            row.answer = [do()]
            row.save(update_fields=["answer"])
        return row.answer[0]


def _written(key: uuid.UUID | str, verb: str, by_id: int | None, digest: str) -> bool:
    """Write the key down and say whether it was new; a second asker waits here until the first has finished or failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_oncekey (key, verb, actor_id, digest) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING true",
            [OnceKey._meta.pk.to_python(key), verb, by_id, digest],
        )
        return cursor.fetchone() is not None
