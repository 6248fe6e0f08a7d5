"""A local webhook for tests: answers as it is told and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """answers: HTTP codes in turn, the last one from then on; None = take the document and never answer."""

    url: str
    answers: Sequence[int | None]
    received: list[dict[str, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> int | None:
        return self.answers[min(len(self.received), len(self.answers)) - 1]


@contextmanager
def webhook(*answers: int | None) -> Iterator[Webhook]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.received.append(json.loads(body))
            code = served.answer()
            if code is None:
                served.ended.wait(30)
                return
            self.send_response(code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Webhook(f"http://127.0.0.1:{server.server_port}/hook/s3cret-token", answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        served.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
