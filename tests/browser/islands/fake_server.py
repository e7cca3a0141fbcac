"""A server that answers what a test tells it: refusals, silence, slowness, and an event stream that can be cut."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import wonward
from tests.browser.chromium import PatientServer

STATIC = Path(wonward.__file__).parent / "edges" / "web" / "static"
FIXTURES = Path(__file__).parent / "fixtures"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class Answer:
    """What the server says; `gate` holds the answer back until it is set."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None
    cuts: bool = False


@dataclass
class Call:
    """What the browser asked."""

    method: str
    path: str
    query: dict[str, str]
    values: dict[str, str]
    headers: dict[str, str]


Route = Answer | Callable[[Call], Answer]


class FakeServer:
    """Routes and calls of one test."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.calls: list[Call] = []
        self.events: list[tuple[int, str]] = []
        self.first_id = 0
        self.stream_status = 200
        self.streams_opened = 0
        self._generation = 0
        self._bell = threading.Condition()
        office = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                office.serve(self, "GET")

            def do_POST(self) -> None:
                office.serve(self, "POST")

        self._http = PatientServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def on(self, method: str, path: str, route: Route) -> None:
        self.routes[(method, path)] = route

    def calls_of(self, method: str, path: str) -> list[Call]:
        return [call for call in self.calls if (call.method, call.path) == (method, path)]

    def publish(self, name: str, *refs: str) -> int:
        with self._bell:
            event_id = self.first_id + len(self.events) + 1
            data = json.dumps({"name": name, "refs": refs, "version": 1})
            self.events.append((event_id, f"id: {event_id}\nevent: {name}\ndata: {data}\n\n"))
            self._bell.notify_all()
        return event_id

    def cut(self) -> None:
        """Drop every open stream."""
        with self._bell:
            self._generation += 1
            self._bell.notify_all()

    def close(self) -> None:
        self.cut()
        self._http.shutdown()
        self._http.server_close()

    def serve(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length).decode("utf-8", "replace") if length else ""
        call = Call(method, parts.path, dict(parse_qsl(parts.query)), dict(parse_qsl(body, keep_blank_values=True)),
                    {name.lower(): value for name, value in handler.headers.items()})
        try:
            if parts.path == "/events/stream":
                self._stream(handler, call)
            elif parts.path.startswith("/static/"):
                self._file(handler, STATIC / parts.path.removeprefix("/static/"))
            elif parts.path == "/fixture-style.css":
                self._file(handler, FIXTURES / "style.css")
            elif parts.path.startswith("/fixture/"):
                self._file(handler, FIXTURES / f"{parts.path.removeprefix('/fixture/')}.html")
            else:
                self.calls.append(call)
                self._answer(handler, call)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True

    def _answer(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        route = self.routes.get((call.method, call.path), Answer("There is no such page.", 404))
        answer = route if isinstance(route, Answer) else route(call)
        if answer.gate is not None:
            answer.gate.wait(10)
        if answer.cuts:
            handler.close_connection = True
            return
        self._send(handler, answer.status, answer.body.encode(), {"Content-Type": TYPES[".html"], **answer.headers})

    def _file(self, handler: BaseHTTPRequestHandler, path: Path) -> None:
        if not path.is_file():
            self._send(handler, 404, b"", {"Content-Type": "text/plain"})
            return
        headers = {"Content-Type": TYPES.get(path.suffix, "application/octet-stream"), "Content-Security-Policy": POLICY}
        self._send(handler, 200, path.read_bytes(), headers)

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Cache-Control", "no-store")
        handler.end_headers()
        handler.wfile.write(body)

    def _stream(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        if self.stream_status != 200:
            self._send(handler, self.stream_status, b"{}", {"Content-Type": "application/problem+json"})
            return
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        with self._bell:
            after = call.query.get("last_event_id") or call.headers.get("last-event-id") or ""
            position = int(after) if after else self.first_id + len(self.events)
            generation = self._generation
            handler.wfile.write(b"retry: 1000\n" + (b"" if after else b"id: %d\n" % position) + b"\n")
            self.streams_opened += 1
            while generation == self._generation:
                for event_id, message in [event for event in self.events if event[0] > position]:
                    handler.wfile.write(message.encode())
                    position = event_id
                handler.wfile.flush()
                self._bell.wait(0.5)
