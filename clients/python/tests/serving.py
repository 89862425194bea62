"""A server that says what a test wants it to say."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Serving:
    url: str
    seen: list[Seen] = field(default_factory=list)
    answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released as often as a reply has come to its end."""


def text(status: int, body: str, content_type: str = "application/json", **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", content_type)
        handler.send_header("content-length", str(len(body.encode())))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return reply


def binary(status: int, body: bytes, *, length: int | None = None) -> Reply:
    """Bytes; where `length` says that there are more, the connection breaks off."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = length is not None

    return reply


def success(data: object) -> Reply:
    return text(200, json.dumps({"status": "success", "data": data, "timestamp": "", "request_id": "r"}))


def refusal(status: int, code: str, details: dict[str, Any] | None = None, **headers: str) -> Reply:
    error = {"code": code, "message": f"it is {code}", "details": details or {}}
    answer = {"status": "error", "error": error, "timestamp": "", "request_id": "r-1"}
    return text(status, json.dumps(answer), **headers)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def broken_text(body: str) -> Reply:
    """Send a piece of an answer, and break off."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/plain; charset=utf-8")
        handler.send_header("content-length", str(len(body.encode()) + 1))
        handler.end_headers()
        handler.wfile.write(body.encode())
        handler.close_connection = True

    return reply


def events(*frames: str, then: Reply = hang_up) -> Reply:
    """Send these frames of a stream, and then what is left to do."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream; charset=utf-8")
        handler.send_header("connection", "close")
        handler.end_headers()
        for frame in frames:
            handler.wfile.write(frame.encode())
        handler.wfile.flush()
        then(handler)

    return reply


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing, for as long as the client listens."""
    handler.rfile.read(1)


@contextmanager
def serving(*replies: Reply) -> Iterator[Serving]:
    """Give these replies, one after the other; the last again and again."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            reply = replies[min(len(served.seen), len(replies) - 1)]
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.seen.append(Seen(self.command, self.path, headers, body))
            reply(self)
            served.answered.release()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Serving(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.socket.close()
        thread.join()
