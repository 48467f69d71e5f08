from dataclasses import dataclass, field

import pytest

from tinhso.directory.models import Person
from tinhso.kernel.connectors import connect
from tinhso.messaging.ladders import Mail, Mailer


@pytest.fixture
def chau(db) -> Person:
    return Person.objects.create(kind="citizen", username="chau", full_name="Lê Thị Châu", email="chau@example.vn", phone="0905123456")


@pytest.fixture
def binh(db) -> Person:
    return Person.objects.create(kind="citizen", username="binh", full_name="Trần Văn Bình")


@dataclass
class Postman:
    """A mailer that fails as it is told to; the real one is tried in connectors/mail."""

    faults: list[Exception] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)

    def deliver(self, mail: Mail) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.mails.append(mail)
        return f"250 2.0.0 Ok: {mail.key}"


@pytest.fixture
def postman():
    from tinhso.kernel import connectors

    before = dict(connectors._CONNECTED)
    found = Postman()
    connect(Mailer, found)
    yield found
    connectors._CONNECTED.clear()
    connectors._CONNECTED.update(before)
