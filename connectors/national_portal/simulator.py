"""A small but strict National Public Service Portal: python -m connectors.national_portal.simulator --port 20191.

It checks every field, type and code list, sessions, the destination code, what is sent twice and what comes in the wrong order,
and keeps what it got (with `--keep FILE` also over a restart). For demonstration and tests only: `/kept` shows what it holds,
`/control` makes it misbehave.
"""

import argparse
import hmac
import json
import os
import secrets
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from connectors.national_portal.strictness import AFTER, Wrong, check_progress, check_record

SETTINGS = {
    "TINHSO_NATIONAL_PORTAL_URL": "{url}",
    "TINHSO_NATIONAL_PORTAL_USERNAME": "quangnam",
    "TINHSO_NATIONAL_PORTAL_PASSWORD": "mat-khau-mo-phong",
    "TINHSO_NATIONAL_PORTAL_DSTCODE": "VN:GOV:000.00.00.G22:dvcqg",
}
SESSION_LIVES = 1800
LARGEST = 10 * 2**20
OK, NOT_THERE, ALREADY_THERE, TOLD_BEFORE, BAD, WRONG_ORDER, NO_SESSION, NO_SERVICE = "00", "404", "409", "208", "422", "412", "401", "501"


class Refusal(Exception):
    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Office:
    """What the portal holds, and how it is told to misbehave. One lock: calls come in threads."""

    def __init__(self, keep: Path | None):
        self.lock = Lock()
        self.keep = keep
        self.sessions: dict[str, float] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.progress: dict[str, list[dict[str, Any]]] = {}
        # How often each record was made and replaced, and what was refused.
        self.counts: dict[str, dict[str, int]] = {}
        self.refused: list[dict[str, str]] = []
        self.control: dict[str, int] = {}
        if keep and keep.exists():
            kept = json.loads(keep.read_text(encoding="utf-8"))
            self.records, self.progress, self.counts = kept["records"], kept["progress"], kept["counts"]

    def kept(self) -> dict[str, Any]:
        return {"records": self.records, "progress": self.progress, "counts": self.counts, "refused": self.refused}

    def misbehaves(self, how: str) -> bool:
        """Say whether the next call is one of those that were ordered to go wrong."""
        with self.lock:
            left = self.control.get(how, 0)
            self.control[how] = max(0, left - 1)
            return left > 0

    def login(self, given: dict[str, Any]) -> dict[str, Any]:
        name, word = str(given.get("username", "")), str(given.get("password", ""))
        right = hmac.compare_digest(name.encode(), _setting("USERNAME").encode())
        if not (hmac.compare_digest(word.encode(), _setting("PASSWORD").encode()) and right):
            raise Refusal(NO_SESSION, "Sai tên đăng nhập hoặc mật khẩu.")
        session = secrets.token_hex(16)
        with self.lock:
            self.sessions[session] = time.time() + SESSION_LIVES
        return {"error_code": OK, "session": session}

    def serve(self, given: dict[str, Any], dstcode: str) -> dict[str, Any]:
        if self.sessions.get(str(given.get("session", "")), 0) < time.time():
            raise Refusal(NO_SESSION, "Phiên làm việc đã hết hạn.")
        if dstcode != _setting("DSTCODE"):
            raise Refusal(BAD, "Mã hệ thống đích (dstcode) không đúng.")
        if not str(given.get("madonvi", "")):
            raise Refusal(BAD, "Thiếu mã đơn vị (madonvi).")
        services = {"DongBoHoSoMC": self.take_records, "CapNhatTienDoHoSoMC": self.take_progress, "TraCuuHoSo": self.look_up}
        service = services.get(str(given.get("service", "")))
        if service is None:
            raise Refusal(NO_SERVICE, f"Không có dịch vụ {given.get('service')!r}.")
        with self.lock:
            try:
                result = service(given)
            except Refusal as refusal:
                self.refused.append({"service": str(given.get("service")), "code": refusal.code, "message": refusal.sentence})
                raise
            if self.keep and service != self.look_up:
                self.keep.write_text(json.dumps(self.kept(), ensure_ascii=False), encoding="utf-8")
        return {"error_code": OK, "message": "Thành công", "result": result}

    def take_records(self, given: dict[str, Any]) -> list:
        updating = given.get("isUpdating")
        if updating not in ("True", "False"):
            raise Refusal(BAD, "isUpdating phải là True hoặc False.")
        rows = _data(given)
        for row in rows:
            try:
                check_record(row)
            except Wrong as wrong:
                raise Refusal(BAD, str(wrong)) from None
            known = self.records.get(row["MaHoSo"])
            if updating == "False" and known is not None:
                raise Refusal(ALREADY_THERE, f"Hồ sơ {row['MaHoSo']} đã có.")
            if updating == "True" and known is None:
                raise Refusal(NOT_THERE, f"Chưa có hồ sơ {row['MaHoSo']} để cập nhật.")
            if known is not None and known["MaTTHC"] != row["MaTTHC"]:
                raise Refusal(BAD, "Không được đổi thủ tục của hồ sơ.")
        for row in rows:
            counts = self.counts.setdefault(row["MaHoSo"], {"made": 0, "replaced": 0})
            counts["replaced" if updating == "True" else "made"] += 1
            self.records[row["MaHoSo"]] = row
        return []

    def take_progress(self, given: dict[str, Any]) -> list:
        for row in _data(given):
            try:
                check_progress(row)
            except Wrong as wrong:
                raise Refusal(BAD, str(wrong)) from None
            if row["MaHoSo"] not in self.records:
                raise Refusal(NOT_THERE, f"Chưa có hồ sơ {row['MaHoSo']}.")
            before = self.progress.setdefault(row["MaHoSo"], [])
            if row in before:
                raise Refusal(TOLD_BEFORE, "Tiến độ này đã được cập nhật.")
            if before and row["ThoiDiemXuLy"] < before[-1]["ThoiDiemXuLy"]:
                raise Refusal(WRONG_ORDER, "Thời điểm xử lý trước lần cập nhật gần nhất.")
            if before and row["TrangThai"] != before[-1]["TrangThai"] and row["TrangThai"] not in AFTER[before[-1]["TrangThai"]]:
                raise Refusal(WRONG_ORDER, f"Không chuyển được từ trạng thái {before[-1]['TrangThai']} sang {row['TrangThai']}.")
            before.append(row)
        return []

    def look_up(self, given: dict[str, Any]) -> list:
        code = str(given.get("mahoso", ""))
        if code not in self.records:
            raise Refusal(NOT_THERE, f"Không có hồ sơ {code}.")
        row = self.records[code]
        return [{name: row[name] for name in ("MaHoSo", "MaTTHC", "TrangThaiHoSo", "NgayTiepNhan", "NgayHenTra", "NgayTra")}]


def _data(given: dict[str, Any]) -> list:
    rows = given.get("data")
    if not isinstance(rows, list) or not rows:
        raise Refusal(BAD, "data phải là danh sách có ít nhất một dòng.")
    return rows


def _setting(name: str) -> str:
    full = f"TINHSO_NATIONAL_PORTAL_{name}"
    return os.environ.get(full) or SETTINGS[full]


class Handler(BaseHTTPRequestHandler):
    office: Office
    protocol_version = "HTTP/1.1"

    def log_message(self, *facts) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/kept":
            with self.office.lock:
                self._json(self.office.kept())
            return
        with self.office.lock:
            lines = "".join(
                f"<li>{escape(code)}: trạng thái {escape(row['TrangThaiHoSo'])}, {len(self.office.progress.get(code, []))} dòng tiến độ</li>"
                for code, row in sorted(self.office.records.items())
            )
        page = f"<!doctype html><html lang=vi><meta charset=utf-8><title>Mô phỏng</title><h1>Cổng quốc gia (mô phỏng)</h1><ul>{lines}</ul>"
        self._send(page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        try:
            given = json.loads(body)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            self._json({"error_code": BAD, "message": "Không phải JSON."}, 400)
        elif self.path == "/control":
            self._ordered(given)
        elif self.office.misbehaves("fail"):
            self._send(b"<h1>503</h1>", "text/html", 503)
        else:
            self._answer(given)

    def _ordered(self, given: dict[str, Any]) -> None:
        with self.office.lock:
            if given.pop("end_sessions", None):
                self.office.sessions.clear()
            for code in given.pop("forget", []):
                self.office.records.pop(code, None)
                self.office.progress.pop(code, None)
            self.office.control |= given
        self._json({})

    def _answer(self, given: dict[str, Any]) -> None:
        try:
            if self.path == "/login":
                said = self.office.login(given)
            elif self.path == "/api":
                said = self.office.serve(given, self.headers.get("dstcode", ""))
            else:
                self._json({"error_code": NOT_THERE, "message": "Không có địa chỉ này."}, 404)
                return
        except Refusal as refusal:
            said = {"error_code": refusal.code, "message": refusal.sentence}
        # Done, but the answer is lost: what a broken line does.
        if self.office.misbehaves("lose_answer"):
            self.close_connection = True
            self.connection.close()
            return
        self._json(said)

    def _json(self, content: dict, status: int = 200) -> None:
        self._send(json.dumps(content, ensure_ascii=False).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=20191)
    parser.add_argument("--keep", type=Path, help="a file that keeps what was received over a restart")
    options = parser.parse_args()
    Handler.office = Office(options.keep)
    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
