"""A receiver of webhooks as a process of its own: answers as the file `answers` says, keeps what it got in `got`.

python receiver.py FOLDER       writes its port to FOLDER/port
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        waiting = json.loads((FOLDER / "answers").read_text()) if (FOLDER / "answers").exists() else []
        status = waiting.pop(0) if waiting else 204
        (FOLDER / "answers").write_text(json.dumps(waiting))
        with (FOLDER / "got").open("a") as got:
            got.write(json.dumps({"status": status, "path": self.path, "headers": dict(self.headers), "body": body}) + "\n")
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *facts):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
(FOLDER / "port").write_text(str(server.server_port))
server.serve_forever()
