"""What clients do to the site, by the API and by pages, and how fast it answers."""

import json
import random
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from bench.actors import CODE, Office, choose, citizens, cookies, personal_number
from bench.load import CLIENTS, Browser, Unexpected, drive
from bench.report import Line, at_least, at_most
from bench.site import Site
from tinhso.dossiers.models import Dossier

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
WORDS = (
    "khai sinh", "dang ky ket hon", "giấy phép xây dựng", "sang ten so do", "ho kinh doanh", "trích lục", "chứng thực chữ ký",
    "bảo trợ xã hội", "doi giay phep lai xe", "tach thua dat", "khai tử", "hộ kinh doanh cá thể",
)  # fmt: skip


@dataclass
class Stage:
    """Everything a scenario needs, and what earlier ones left behind."""

    site: Site
    offices: list[Office]
    token: str
    label: str
    seconds: float
    lines: list[Line] = field(default_factory=list)
    made: list[tuple[str, Office]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def api(self) -> Browser:
        return Browser(self.site.address, {"Authorization": f"Bearer {self.token}"})

    def measure(
        self,
        name: str,
        make: Callable[[int], Callable[[], None]],
        *,
        per_second: float | None = None,
        p95: float | None = None,
        p99: float | None = None,
        seconds: float | None = None,
        clients: int = CLIENTS,
    ) -> float:
        """Drive clients, keep the figures, and return how many errands a second were done."""
        clock = self.site.clock()
        run = drive(make, seconds=seconds or self.seconds, clients=clients)
        used = clock.used()
        done = max(1, len(run.waits))
        title = f"{name}, {self.label}"
        self.lines.append(at_least(title, run.per_second, "/s", per_second) if per_second else Line(title, run.per_second, "/s"))
        for word, share, target in (("p50", 0.5, None), ("p95", 0.95, p95), ("p99", 0.99, p99)):
            value = run.quantile(share)
            self.lines.append(at_most(f"{title}: {word}", value, "ms", target) if target else Line(f"{title}: {word}", value, "ms"))
        for program in ("web", "postgres", "worker"):
            # The warm-up second is in the clock too: its share is the same for every errand.
            share = done * (run.seconds + 1) / run.seconds
            self.lines.append(Line(f"{title}: CPU {program}", 1000 * used.get(program, 0) / share, "ms"))
        print(f"  {title}: {run.per_second:.1f}/s, p95 {run.quantile(0.95):.1f} ms", flush=True)
        return run.per_second


def filing(chance: random.Random, office: Office) -> bytes:
    number = chance.randrange(1_000_000)
    return json.dumps(
        {
            "procedure": CODE,
            "agency": office.code,
            "owner": {"number": personal_number(number), "name": "Nguyễn Văn Đo", "phone": f"0905{number:06d}", "address": "Thôn 1"},
            "answers": {"muc-dich": "bổ túc hồ sơ"},
            "papers": [{"component": "don", "quantity": 1, "form": "original"}],
        }
    ).encode()


# -- by the API --------------------------------------------------------------


def create(stage: Stage) -> Callable[[int], Callable[[], None]]:
    def client(number: int) -> Callable[[], None]:
        browser, chance = stage.api(), random.Random(number)

        def errand() -> None:
            office = choose(stage.offices, chance)
            headers = JSON | {"Idempotency-Key": str(uuid.uuid4())}
            _, content = browser.ask("POST", "/api/v1/dossiers", filing(chance, office), (201,), **headers)
            with stage.lock:
                stage.made.append((json.loads(content)["code"], office))

        return errand

    return client


def move(stage: Stage) -> Callable[[int], Callable[[], None]]:
    """Receive what was created: the status changes, the clock starts, the first step opens."""
    todo: Iterator[tuple[str, Office]] = iter(list(stage.made))

    def client(number: int) -> Callable[[], None]:
        browser = stage.api()

        def errand() -> None:
            with stage.lock:
                code, office = next(todo)
            browser.ask("POST", f"/api/v1/dossiers/{code}/receive", json.dumps({"by": office.clerk.username}).encode(), **JSON)

        return errand

    return client


def get(stage: Stage, codes: list[str]) -> Callable[[int], Callable[[], None]]:
    def client(number: int) -> Callable[[], None]:
        browser, chance = stage.api(), random.Random(number)
        return lambda: _drop(browser.ask("GET", f"/api/v1/dossiers/{chance.choice(codes)}"))

    return client


def filtered_list(stage: Stage) -> Callable[[int], Callable[[], None]]:
    """List twenty: by agency and status, the newest or the soonest due first."""

    def client(number: int) -> Callable[[], None]:
        browser, chance = stage.api(), random.Random(number)

        def errand() -> None:
            office = choose(stage.offices, chance)
            sort, status = chance.choice([("newest", "10"), ("due", "4"), ("newest", "2")])
            browser.ask("GET", f"/api/v1/dossiers?agency={office.code}&status={status}&sort={sort}&limit=20")

        return errand

    return client


def lifecycle_by_api(stage: Stage) -> Callable[[int], Callable[[], None]]:
    """Submit, receive, step, return: four calls."""

    def client(number: int) -> Callable[[], None]:
        browser, chance = stage.api(), random.Random(1000 + number)

        def errand() -> None:
            office = choose(stage.offices, chance)
            key = {"Idempotency-Key": str(uuid.uuid4())}
            _, content = browser.ask("POST", "/api/v1/dossiers", filing(chance, office), (201,), **JSON, **key)
            path = f"/api/v1/dossiers/{json.loads(content)['code']}"
            clerk = json.dumps({"by": office.clerk.username}).encode()
            specialist = json.dumps({"by": office.specialist.username}).encode()
            browser.ask("POST", f"{path}/receive", clerk, **JSON)
            browser.ask("POST", f"{path}/steps/xu-ly/finish", specialist, **JSON)
            browser.ask("POST", f"{path}/return", clerk, **JSON)

        return errand

    return client


# -- by pages ------------------------------------------------------------------


class Desk:
    """An official at a browser, with the session of the morning."""

    def __init__(self, stage: Stage, jar: dict[str, str]):
        self.browser = Browser(stage.site.address, jar)

    def do(self, code: str, verb: str, **fields: str) -> None:
        body = urlencode({"once": str(uuid.uuid4()), **fields}).encode()
        self.browser.ask("POST", f"/nghiep-vu/ho-so/{code}/{verb}/", body, (302,), **FORM)

    def step(self, code: str) -> str:
        """Open the dossier and return the step that its form names."""
        _, content = self.browser.ask("GET", f"/nghiep-vu/ho-so/{code}/")
        found = re.search(r'name="step"[^>]*value="(\d+)"', content.decode())
        if not found:
            raise Unexpected(f"{code}: the page offers no step")
        return found[1]


def lifecycle_by_pages(stage: Stage, *, reading: bool) -> Callable[[int], Callable[[], None]]:
    """Submit, receive, step, return, by the forms of citizens and officials; with `reading`, what each form leads to is opened too.

    Submitting is three forms (office, answers, review); the step's form names the step, so the dossier's page is opened for it.
    """
    # Sessions are made here, by one: the clients' threads need no database.
    jars = [cookies(person) for person in citizens(CLIENTS)]
    busy = {
        number: [(office, cookies(office.clerk), cookies(office.specialist)) for office in stage.offices[number:80:CLIENTS][:6]]
        for number in range(CLIENTS)
    }

    def client(number: int) -> Callable[[], None]:
        chance = random.Random(2000 + number)
        citizen = Browser(stage.site.address, jars[number])
        # Each client has its own few offices, so that no two act for one official at once.
        desks = [(office, Desk(stage, clerk), Desk(stage, specialist)) for office, clerk, specialist in busy[number]]

        def send(path: str, **fields: str) -> str:
            answer, _ = citizen.ask("POST", path, urlencode(fields).encode(), (302,), **FORM)
            onward = answer.getheader("Location") or ""
            if reading:
                citizen.ask("GET", onward)
            return onward

        def errand() -> None:
            office, clerk, specialist = chance.choice(desks)
            send(f"/nop-ho-so/{CODE}/", agency=str(office.agency_id))
            send(f"/nop-ho-so/{CODE}/chung/", **{"muc-dich": "bổ túc hồ sơ"})
            code = send(f"/nop-ho-so/{CODE}/xem-lai/").split("/")[2]
            clerk.do(code, "receive")
            if reading:
                clerk.browser.ask("GET", f"/nghiep-vu/ho-so/{code}/")
            specialist.do(code, "finish", step=specialist.step(code))
            clerk.do(code, "return", how="hand")
            if reading:
                clerk.browser.ask("GET", "/nghiep-vu/")

        return errand

    return client


def pages(stage: Stage, paths: list[str], people: list | None = None) -> Callable[[int], Callable[[], None]]:
    """Open pages, as somebody signed in or as anybody."""
    jars = [cookies(person) for person in people or []] or [{}]

    def client(number: int) -> Callable[[], None]:
        browser, chance = Browser(stage.site.address, jars[number % len(jars)]), random.Random(number)
        return lambda: _drop(browser.ask("GET", chance.choice(paths)))

    return client


def _drop(answer: object) -> None:
    """Forget what was answered."""


def everything(stage: Stage) -> dict[str, float]:
    """Run all scenarios in turn and return the rates that are compared between an empty and a full house."""
    rates = {}
    rates["create by API"] = stage.measure("create by API", create(stage), per_second=230, p99=40)
    rates["move by API"] = stage.measure("move by API", move(stage), per_second=300, p99=40)
    newest = list(Dossier.objects.order_by("-pk").values_list("code", flat=True)[:2000])
    oldest = list(Dossier.objects.order_by("pk").values_list("code", flat=True)[:20_000])
    rates["get by API"] = stage.measure("get by API", get(stage, newest + oldest), p99=40)
    rates["filtered list by API"] = stage.measure("filtered list by API", filtered_list(stage), per_second=800, p99=40)
    rates["lifecycles by API"] = stage.measure("lifecycles by API", lifecycle_by_api(stage), per_second=60)
    rates["lifecycles by pages"] = stage.measure("lifecycles by pages", lifecycle_by_pages(stage, reading=False), per_second=30)
    stage.measure("lifecycles by pages, all pages opened", lifecycle_by_pages(stage, reading=True))
    clerks = [office.clerk for office in stage.offices[:CLIENTS]]
    rates["queue page"] = stage.measure("queue page", pages(stage, ["/nghiep-vu/", "/nghiep-vu/?hang-doi=tra"], clerks), p95=250)
    references = [f"/tra-cuu/{one}/" for one in Dossier.objects.order_by("-pk").values_list("reference", flat=True)[:2000]]
    rates["tracking page"] = stage.measure("tracking page", pages(stage, references))
    rates["catalogue search page"] = stage.measure("catalogue search page", pages(stage, [f"/tim/?q={quote(word)}" for word in WORDS]))
    return rates
