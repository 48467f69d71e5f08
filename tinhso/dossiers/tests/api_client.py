"""An outside system that calls the API, for tests."""

import json
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tinhso.directory.actions.tokens import SCOPES, token_digest
from tinhso.directory.models import Person, Token, Unit


class System:
    """One system with one key."""

    def __init__(self, name: str, agencies: list[Unit], scopes=tuple(SCOPES)):
        self.person = Person(kind=Person.Kind.SYSTEM, username=f"he-thong.{name}", full_name=f"Hệ thống {name}")
        self.person.set_unusable_password()
        self.person.save()
        self.key = f"ts_{uuid.uuid4().hex}"
        self.token = Token.objects.create(system=self.person, label=name, digest=token_digest(self.key), scopes=list(scopes))
        self.token.agencies.set(agencies)
        self.client = Client(raise_request_exception=True)

    def ask(self, method: str, path: str, body: Any = None, *, key: uuid.UUID | None = None, **query: Any):
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Idempotency-Key": str(key)} if key else {})
        facts: dict[str, Any] = {"content_type": "application/json", "data": json.dumps(body)} if body is not None else {"data": query}
        return getattr(self.client, method)(f"/api/v1{path}", headers=headers, **facts)

    def get(self, path: str, **query: Any):
        return self.ask("get", path, **query)

    def post(self, path: str, body: Any, *, key: uuid.UUID | None = None):
        return self.ask("post", path, body, key=key)

    def upload(self, content: bytes, name: str = "don.pdf"):
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.post("/api/v1/files", {"file": SimpleUploadedFile(name, content)}, headers=headers)


def filing(**changes: Any) -> dict[str, Any]:
    return {
        "procedure": "1.000001",
        "agency": "H47.31.01",
        "owner": {"number": "049190012345", "name": "Nguyễn Thị Bình An", "phone": "0905123456", "address": "Thôn Vĩnh Phú"},
        "answers": {"muc-dich": "vay vốn"},
        "papers": [{"component": "don", "quantity": 1, "form": "original"}],
    } | changes
