"""While a client files dossier after dossier, web, worker and database are killed at random: nothing is lost or doubled.

TINHSO_SUBMISSIONS chooses how many are filed, TINHSO_SEED which moments are hit.
"""

import os
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.faults.installation import Installation
from tinhso.dossiers.tests.api_client import filing

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SUBMISSIONS = int(os.environ.get("TINHSO_SUBMISSIONS", "1000"))
SEED = int(os.environ.get("TINHSO_SEED", "2026"))
CLIENTS = 4
KILLS = 12
PATIENCE = 180.0


@pytest.fixture
def installation():
    found = Installation()
    try:
        yield found
    finally:
        found.stop()


class Client:
    """Files until it has an answer: the same key again after every silence, as a careful program does."""

    def __init__(self, url: str, key: str):
        self.url, self.key = url, key
        self.retries = self.answered = 0

    def file(self, errand: uuid.UUID) -> str:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": str(errand)}
        body, until = filing(answers={"muc-dich": f"việc {errand}"}), time.monotonic() + PATIENCE
        pause = threading.Event()
        while time.monotonic() < until:
            try:
                answer = httpx2.post(f"{self.url}/api/v1/dossiers", json=body, headers=headers, timeout=20)
            except httpx2.HTTPError:
                answer = None
            if answer is not None and answer.status_code == 201:
                self.answered += 1
                return answer.json()["code"]
            assert answer is None or answer.status_code >= 500, answer.text
            self.retries += 1
            pause.wait(0.2)
        raise AssertionError(f"no answer to {errand} within {PATIENCE} seconds")


def test_a_thousand_submissions_under_fire(installation):
    key = installation.start()
    client, dice, over = Client(installation.url, key), random.Random(SEED), threading.Event()
    errands = [uuid.UUID(int=dice.getrandbits(128), version=4) for _ in range(SUBMISSIONS)]

    def shoot():
        # Spread over the whole: so many after so many answers, each time in the middle of something.
        for answered in sorted(dice.sample(range(SUBMISSIONS), KILLS)):
            while client.answered < answered and not over.wait(0.02):
                continue
            over.wait(dice.uniform(0, 0.3))
            installation.kill_something(dice)
            while not installation.is_ready() and not over.wait(0.1):
                continue

    gun = threading.Thread(target=shoot)
    gun.start()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            codes = list(pool.map(client.file, errands))
    finally:
        over.set()
        gun.join()
    took = time.monotonic() - began
    # Asked once more in the calm, each errand has the answer that it had.
    sample = dice.sample(range(SUBMISSIONS), min(20, SUBMISSIONS))
    assert [client.file(errands[place]) for place in sample] == [codes[place] for place in sample]
    installation.work_to_the_end()
    figures, verdict = installation.figures(), installation.verify()
    print(f"{SUBMISSIONS} in {took:.0f} s, {len(installation.killed)} kills {sorted(set(installation.killed))}, {client.retries} retries")  # noqa: T201
    assert (verdict["ok"], verdict["faults"], verdict["unsealed"]) == (True, [], 0)
    assert figures == {
        "codes": sorted(codes),
        "filed": sorted(codes),
        "events": SUBMISSIONS,
        "said_more_than_once": 0,
        "told": SUBMISSIONS,
        "undelivered": 0,
    }
    numbers = sorted((code.rpartition("-")[0], int(code.rpartition("-")[2])) for code in codes)
    series = sorted({name for name, _ in numbers})
    # A day ends at midnight: then two series, each without a gap.
    assert numbers == [(name, number) for name in series for number in range(1, 1 + sum(one == name for one, _ in numbers))]
    assert len(installation.killed) >= KILLS // 2
