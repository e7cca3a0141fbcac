"""A server in a thread that answers as the test wishes, a telephone book, and a switchboard that notes who was called."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from wonward.foundation.http.transport import Client

OUTSIDE = "93.184.216.34"
Reply = Callable[[socket.socket], None]


def says(status: int = 200, body: bytes = b"taken", **headers: str) -> Reply:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return lambda sock: sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@dataclass
class Trap:
    """What was asked of it, and what it answers by path; `called` are the addresses that were connected to."""

    port: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def client(self, book: Mapping[str, Sequence[str]], tls: ssl.SSLContext | None = None) -> Client:
        """A client for which every address outside is this trap. A name with several lines in the book is told one after the other."""
        def resolve(host: str, port: int) -> Sequence[str]:
            self.asked.append(host)
            return book.get(host, ())

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            self.called.append(address)
            return socket.create_connection(("127.0.0.1", self.port), seconds)

        return Client(resolve, connect, tls)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        trap: Trap = self.server.trap  # type: ignore[attr-defined]
        tls: ssl.SSLContext | None = self.server.tls  # type: ignore[attr-defined]
        sock, reader = self.request, self.rfile
        try:
            if tls is not None:
                sock = tls.wrap_socket(self.request, server_side=True)
                reader = sock.makefile("rb")
            head = b""
            while (line := reader.readline()) not in (b"\r\n", b""):
                head += line
            if not head:
                return
            length = next((int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0)
            trap.heard.append(head.decode("latin-1"))
            trap.bodies.append(reader.read(length))
            path = head.split(b" ")[1].decode()
            trap.replies.get(path, says())(sock)
        except OSError:
            pass


@contextmanager
def trap_server(tls: ssl.SSLContext | None = None) -> Iterator[Trap]:
    """Run it on a free port of this machine."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        trap = Trap(port=server.server_address[1])
        server.trap, server.tls = trap, tls  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield trap
        finally:
            server.shutdown()
