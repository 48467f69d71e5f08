"""A bank for demonstration and tests: python -m connectors.bank.simulator --port 20191.

Its page pays a VietQR code the way a telephone would (also too little, too much, twice, or without telling the site), it
calls the site with signed transfers until the site answers, and it gives signed-for statements.
"""

import argparse
import json
import os
import secrets
import threading
import time
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlsplit

import httpx2
from vietnam_qr_pay import QRPay

from connectors.bank.signatures import HEADER, NotBelieved, check, sign

ROOT = Path(__file__).resolve().parents[2]
SECRET = "bi-mat-cua-mo-phong-ngan-hang"  # noqa: S105
SETTINGS = {
    "TINHSO_BANK_URL": "{url}",
    "TINHSO_BANK_SIMULATOR_URL": "{url}",
    "TINHSO_BANK_CALLBACK_SECRET": "bi-mat-cua-mo-phong-ngan-hang",
}
CALLBACK = "/api/v1/payments/callback"
TRIES = 8

PAGE = Template("""<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Ngân hàng (mô phỏng)</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
h1{font-size:1.4rem}label{display:block;margin:.75rem 0}input,select,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box}
dt{color:#555}dd{margin:0 0 .5rem;font-weight:600}</style></head><body><h1>Ngân hàng (mô phỏng)</h1>$content</body></html>""")
FORM = Template("""<dl><dt>Đến tài khoản</dt><dd>$account</dd><dt>Nội dung</dt><dd>$remark</dd></dl>
<form method="post" action="/pay"><input type="hidden" name="account" value="$account"><input type="hidden" name="remark" value="$remark">
<input type="hidden" name="back" value="$back"><label>Số tiền (đồng)<input name="amount" inputmode="numeric" value="$amount" required></label>
<label>Báo cho cổng<select name="tell"><option value="once">một lần</option><option value="twice">hai lần</option>
<option value="never">không báo (chỉ có trong sao kê)</option></select></label><button>Chuyển tiền</button></form>""")


class Bank:
    """What the bank knows: every transfer, kept in a file so that statements outlive a restart."""

    def __init__(self, file: Path, site: str, secret: str):
        self.file, self.site, self.secret = file, site.rstrip("/"), secret
        self.lock = threading.Lock()
        self.transfers: list[dict] = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def pay(self, *, account: str, amount: int, remark: str, tell: str = "once") -> tuple[str, bool]:
        """Move the money, tell the site, and return the reference and whether the site answered at once."""
        reference = f"FT{datetime.now(UTC):%y%j}{secrets.token_hex(5).upper()}"
        transfer = {
            "reference": reference,
            "account": account,
            "amount": amount,
            "remark": remark,
            "at": datetime.now(UTC).isoformat(),
        }
        with self.lock:
            self.transfers.append(transfer)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a") as file:
                file.write(json.dumps(transfer, ensure_ascii=False) + "\n")
        told = False
        for _ in range({"once": 1, "twice": 2, "never": 0}.get(tell, 1)):
            told = self._call(transfer)
            if not told:
                threading.Thread(target=self._keep_calling, args=(transfer,), daemon=True).start()
        return reference, told

    def _call(self, transfer: dict) -> bool:
        body = json.dumps(transfer, ensure_ascii=False).encode()
        signature = sign(self.secret, verb="POST", path=CALLBACK, body=body, at=int(time.time()))
        headers = {HEADER: signature, "Content-Type": "application/json"}
        try:
            return httpx2.post(self.site + CALLBACK, content=body, headers=headers, timeout=10).status_code == 200
        except httpx2.HTTPError:
            return False

    def _keep_calling(self, transfer: dict) -> None:
        for attempt in range(TRIES):
            time.sleep(0.5 * 2**attempt)
            if self._call(transfer):
                return

    def statement(self, day: str) -> list[dict]:
        local = [(transfer, datetime.fromisoformat(transfer["at"]).timestamp() + 7 * 3600) for transfer in self.transfers]
        return [transfer for transfer, at in local if f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}" == day]


class Handler(BaseHTTPRequestHandler):
    bank: Bank

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/statement":
            self._statement(asked.get("day", ""))
        elif parts.path == "/pay":
            self._form(asked)
        elif parts.path == "/":
            rows = "".join(
                f"<li>{escape(one['reference'])}: {one['amount']} – {escape(one['remark'])}</li>" for one in self.bank.transfers[-50:]
            )
            self._page(200, f"<p>Giao dịch gần đây:</p><ul>{rows}</ul>")
        else:
            self._page(404, "<p>Không có trang này.</p>")

    def do_POST(self) -> None:
        if urlsplit(self.path).path != "/pay":
            self._page(404, "<p>Không có trang này.</p>")
            return
        asked = dict(parse_qsl(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 10_000)).decode(), keep_blank_values=True))
        amount = asked.get("amount", "").replace(".", "")
        if not amount.isdigit() or int(amount) <= 0 or not asked.get("account"):
            self._page(422, "<p>Số tiền phải là số lớn hơn 0.</p>")
            return
        reference, told = self.bank.pay(
            account=asked["account"], amount=int(amount), remark=asked.get("remark", ""), tell=asked.get("tell", "once")
        )
        said = "Cổng đã nhận được báo có." if told else "Cổng chưa trả lời; ngân hàng sẽ báo lại."
        back = asked.get("back", "")
        link = f'<p><a href="{escape(back)}">Về cổng dịch vụ công</a></p>' if back.startswith(self.bank.site + "/") else ""
        self._page(200, f"<p>Đã chuyển. Mã giao dịch <b>{reference}</b>. {said}</p>{link}")

    def _form(self, asked: dict[str, str]) -> None:
        code = QRPay(asked.get("qr", ""))
        if not asked.get("qr") or not code.is_valid or not code.consumer.bank_number:
            self._page(422, "<p>Mã VietQR không đọc được.</p>")
            return
        facts = {
            "account": code.consumer.bank_number,
            "remark": code.additional_data.purpose or "",
            "amount": code.amount or "",
            "back": asked.get("back", ""),
        }
        self._page(200, FORM.substitute({name: escape(text) for name, text in facts.items()}))

    def _statement(self, day: str) -> None:
        try:
            check(self.bank.secret, self.headers.get(HEADER, ""), verb="GET", path=self.path, body=b"", now=int(time.time()))
        except NotBelieved:
            self._answer(401, "application/json", b"{}")
            return
        self._answer(200, "application/json", json.dumps({"transfers": self.bank.statement(day)}, ensure_ascii=False).encode())

    def _page(self, status: int, content: str) -> None:
        self._answer(status, "text/html; charset=utf-8", PAGE.substitute(content=content).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=20191)
    parser.add_argument("--site", default=os.environ.get("TINHSO_SITE_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--file", default="")
    options = parser.parse_args()
    file = Path(options.file or Path(os.environ.get("TINHSO_VAR", ROOT / "var")) / "bank.jsonl")
    Handler.bank = Bank(file, options.site, os.environ.get("TINHSO_BANK_CALLBACK_SECRET") or SECRET)
    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
