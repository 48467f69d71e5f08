"""Fixtures for tests that look at pages through a real browser, and the question to axe."""

import os
import shutil
import threading
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

# Playwright's loop lives in the test's thread; the tests themselves are plain synchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = (360, 780), (1440, 900)
ADDRESS = "http://localhost"
# What the test client says for itself: the cookies are its own.
OURS = {"cookie", "host", "content-type", "content-length"}


def pytest_configure():
    """Keep one database connection per thread, whether or not Playwright's loop runs in it.

    Django keeps connections per asynchronous task; once the loop had started, a test would leave its own transaction.
    """
    from django.db import connections

    connections._connections = threading.local()


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, or a skipped test where there is none."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("không có Chromium trên máy: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_screen(chromium):
    """Return `open_screen(size=PHONE, scheme="light", **options)`, a page of its own browser context.

    The page collects in `page.faults` what the browser complains about: errors, refusals by the security policy.
    """
    contexts = []

    def open_screen(size=DESK, scheme="light", **options):
        # A page that is put into axe's hands must let it in; the policy itself is watched through the console.
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        return page

    yield open_screen
    for context in contexts:
        context.close()


def axe_violations(page) -> list[str]:
    """Return what axe finds wrong on a page, one line each; only WCAG 2.2 A and AA rules and best practices of structure."""
    # Playwright's evaluate goes through the debugger, which the page's policy does not bind.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:240]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def visit(page, address: str) -> str:
    """Open an address, follow where it leads, and return the path one ends at."""
    page.goto(address)
    # `answered_by` turns redirects into pages that lead on; every page of ours has a main part.
    page.locator("main").wait_for(state="attached", timeout=10_000)
    return urlsplit(page.url).path


def too_wide(page) -> bool:
    """Say whether the page must be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def quiet_site(django_db_setup):
    """Serve the site from a thread, for pages that read only what the migrations left; return its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()


def answered_by(page, client):
    """Let a Django test client answer a page's requests, inside the test's own transaction; return the page's address.

    `page.goto(answered_by(page, client) + "/")` needs no server, and the client may be signed in.
    """
    from django.contrib.staticfiles import finders

    def answer(route, request):
        split = urlsplit(request.url)
        if split.path.startswith("/static/"):
            found = finders.find(split.path.removeprefix("/static/"))
            route.fulfill(path=found) if found else route.fulfill(status=404)
            return
        headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in request.headers.items() if name.lower() not in OURS}
        response = client.generic(
            request.method,
            split.path + (f"?{split.query}" if split.query else ""),
            request.post_data_buffer or b"",
            content_type=request.headers.get("content-type", "application/octet-stream"),
            HTTP_HOST=request.headers.get("host", "localhost"),
            **headers,
        )
        if 300 <= response.status_code < 400 and request.is_navigation_request():
            # Playwright does not ask us again after a redirect it follows itself.
            leads = f'<meta http-equiv="refresh" content="0;url={escape(response["Location"])}">'
            route.fulfill(status=200, content_type="text/html", body=leads)
            return
        body = b"".join(response.streaming_content) if response.streaming else response.content
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=body)

    page.route(f"{ADDRESS}/**", answer)
    return ADDRESS
