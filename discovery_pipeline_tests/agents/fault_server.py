"""An OpenAI-compatible endpoint that answers as a test wants: rightly, wrongly, late, cut off, or not at all.

It listens on a port of its own in threads of its own, and keeps every request as it came over the wire.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Chooser = Callable[[str, tuple[str, ...]], str]  # header, choices -> choice


@dataclass(frozen=True)
class Request:
    """One request. headers: by lower-case name; body: as received; document: the same, parsed."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    def columns(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Key, header ("" where it has none) and choices of everything asked about."""
        content = json.loads(self.document["messages"][1]["content"])
        for item in content["items"]:
            yield item["key"], item.get("header", ""), tuple(item["choices"])


@dataclass
class Endpoint:
    """What a behaviour may do with one request, and what the test sees afterwards."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)


Behaviour = Callable[[Request, BaseHTTPRequestHandler, Endpoint], None]


class _Server(ThreadingHTTPServer):
    """Takes a hundred connections at once; with the usual queue of five the rest would be cut off."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Endpoint]:
    """An endpoint that behaves so, until the block is left. Its url ends in /v1."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = Request(
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("Content-Length", 0))),
            )
            endpoint.requests.append(request)
            try:
                behaviour(request, self, endpoint)
            except OSError:
                self.close_connection = True  # the client has gone

        do_GET = do_POST  # noqa: N815 - a followed redirect would come as one

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


def respond(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, content_type: str = "application/json", **more: str
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in more.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(text: str | None, usage: object = None, finish: str = "stop", refusal: str | None = None) -> bytes:
    """A chat completion that says this."""
    usage = usage or {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    document = {"id": "1", "object": "chat.completion", "created": 0, "model": "test", "choices": [choice]}
    return json.dumps({**document, "usage": usage}).encode()


def choosing(choose: Chooser) -> Behaviour:
    """A model that follows the form and chooses so."""

    def behave(request: Request, handler: BaseHTTPRequestHandler, _: Endpoint) -> None:
        answer = {key: choose(header, choices) for key, header, choices in request.columns()}
        respond(handler, completion(json.dumps(answer)))

    return behave


def saying(body: bytes, status: int = 200, content_type: str = "application/json", **more: str) -> Behaviour:
    """Whatever is asked, the same response."""
    return lambda _, handler, __: respond(handler, body, status, content_type, **more)


def first(*behaviours: Behaviour, then: Behaviour) -> Behaviour:
    """One behaviour for each of the first requests, another for all that follow."""
    waiting = list(behaviours)

    def behave(request: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        (waiting.pop(0) if waiting else then)(request, handler, endpoint)

    return behave


def silent(_: Request, __: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Accepts the request and never answers."""
    endpoint.ending.wait(60)


def half_a_body(_: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Begins an answer and stops in the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"message": {"content": "{')
    handler.wfile.flush()
    endpoint.ending.wait(60)


def cut_stream(_: Request, handler: BaseHTTPRequestHandler, __: Endpoint) -> None:
    """Begins an answer and hangs up in the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"message": {"content": "{')
    handler.close_connection = True


def hanging_up(_: Request, handler: BaseHTTPRequestHandler, __: Endpoint) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True


def trickling(_: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Never quite silent: a byte of a huge answer now and then."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not endpoint.ending.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def trickling_headers(_: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Never quite silent: a byte of a header without an end now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    while not endpoint.ending.wait(0.05):
        handler.wfile.write(b"a")
        handler.wfile.flush()


def counting(then: Behaviour) -> tuple[Behaviour, Callable[[], int]]:
    """A behaviour, and how many of its requests were under way at once at most."""
    lock, now, most = threading.Lock(), 0, 0

    def behave(request: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            then(request, handler, endpoint)
        finally:
            with lock:
                now -= 1

    return behave, lambda: most


def endless(status: int) -> Behaviour:
    """A body without an end."""

    def behave(_: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.close_connection = True
        while not endpoint.ending.is_set():
            handler.wfile.write(b" " * 65536)

    return behave


def refusing_schema(then: Behaviour) -> Behaviour:
    """An endpoint that knows no json_schema."""

    def behave(request: Request, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        refused = "response_format" in request.document
        (saying(b'{"error": {"message": "response_format"}}', 400) if refused else then)(request, handler, endpoint)

    return behave
