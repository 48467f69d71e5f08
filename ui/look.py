"""Take pictures of pages as a phone and a desk see them: `bin/look http://127.0.0.1:8000/`."""

import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

SIZES = {360: 780, 1440: 900}


def main(addresses: list[str]) -> None:
    folder = Path("build/look")
    folder.mkdir(parents=True, exist_ok=True)
    schemes = ["light", "dark"] if os.environ.get("DARK") else ["light"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in schemes:
            for width, height in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="vi-VN", has_touch=width < 800
                )
                for address in addresses:
                    if os.environ.get("SESSION"):
                        context.add_cookies([{"name": "sessionid", "value": os.environ["SESSION"], "url": address}])
                    page = context.new_page()
                    page.on("console", lambda message: message.type == "error" and sys.stderr.write(f"{message.text}\n"))
                    page.goto(address)
                    page.evaluate("document.fonts.ready")
                    name = re.sub(r"\W+", "-", urlsplit(address).path + urlsplit(address).query).strip("-") or "home"
                    path = folder / f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=path, full_page=not os.environ.get("FOLD"))
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    sys.stdout.write(f"{path}{'  WIDER THAN THE SCREEN: ' + str(wide) if wide > width else ''}\n")
                    page.close()
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
