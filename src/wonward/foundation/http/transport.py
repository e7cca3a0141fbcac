"""Calls out. Never inside a transaction; nothing is taken from the environment, no proxy and no password."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer

from wonward.foundation.http.rules import is_public, next_target, read_url
from wonward.foundation.http.types import Answer, Call, Forbidden, Target, Unreachable

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], socket.socket]
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_WITH_BODY = frozenset({307, 308})
_FOR_ONE_ORIGIN = frozenset({"authorization", "cookie", "proxy-authorization"})
_READ_AT_ONCE = 16 * 1024
_AGENT = "Wonward"


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as the machine's own resolver tells them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to one address; a number is never looked up again."""
    return socket.create_connection((address, port), seconds)


class Client:
    """Makes calls. `resolve` and `connect` are how names become addresses and addresses connections."""

    def __init__(self, resolve: Resolve = look_up, connect: Connect = connect_to, tls: ssl.SSLContext | None = None) -> None:
        self._resolve, self._connect = resolve, connect
        self._tls = tls

    def send(self, call: Call) -> Answer:
        """The answer to a call, after redirects; Forbidden or Unreachable, with a sentence that holds no secret."""
        target, headers, method, body = read_url(call.url), dict(call.headers), call.method, call.body
        ends_at = time.monotonic() + call.seconds
        for left in range(call.redirects, -1, -1):
            answer = self._ask(target, method, headers, body, ends_at, call.largest)
            place = answer.headers.get("location", "")
            follows = answer.status in (_MOVED if method in ("GET", "HEAD") else _MOVED_WITH_BODY) and place
            if not follows:
                return answer
            if not left:
                raise Unreachable("It was redirected too often.")
            there = next_target(target, place)
            if there.origin != target.origin:
                headers = {name: value for name, value in headers.items() if name.lower() not in _FOR_ONE_ORIGIN}
            target = there
        raise AssertionError("a redirect is followed or refused")

    def _ask(self, target: Target, method: str, headers: Mapping[str, str], body: bytes, ends_at: float, largest: int) -> Answer:
        line = _Line(self._reach(target, ends_at), ends_at)
        try:
            if target.scheme == "https":
                line.protect(self._tls or ssl.create_default_context(), target.host)
            answer = _exchange(line.sock, target, method, headers, body, largest)
            if line.is_cut:
                raise OSError("cut while it was read")
            return answer
        except (OSError, HTTPException, ValueError) as problem:
            words = "It took too long." if line.is_cut else f"The connection broke: {type(problem).__name__}."
            raise Unreachable(words) from problem
        finally:
            line.close()

    def _reach(self, target: Target, ends_at: float) -> socket.socket:
        """A connection to an address that was checked, and to no other."""
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as problem:
            raise Unreachable("The host was not found.") from problem
        if not addresses:
            raise Unreachable("The host was not found.")
        # One address inside among others outside is a trick, not a choice.
        if not all(is_public(address) for address in addresses):
            raise Forbidden("The address leads into a private network.")
        for address in addresses:
            seconds = ends_at - time.monotonic()
            if seconds <= 0:
                break
            with suppress(OSError):
                return self._connect(address, target.port, seconds)
        raise Unreachable("Nobody answered there.")


class _Line:
    """A connection with an end in time, whoever waits for it then."""

    def __init__(self, sock: socket.socket, ends_at: float) -> None:
        self.sock, self.is_cut = sock, False
        self._timer = Timer(max(ends_at - time.monotonic(), 0), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def protect(self, tls: ssl.SSLContext, host: str) -> None:
        """Encrypt it; the other side must show a certificate for the host."""
        protected = tls.wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
        self.sock = protected
        if self.is_cut:
            raise OSError("cut while it was wrapped")
        protected.do_handshake()

    def close(self) -> None:
        """No more time is measured, nothing is open."""
        self._timer.cancel()
        self.sock.close()

    def _cut(self) -> None:
        self.is_cut = True
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _exchange(sock: socket.socket, target: Target, method: str, headers: Mapping[str, str], body: bytes, largest: int) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    # The connection is there: without one it would look the name up again.
    connection.sock, connection.auto_open = sock, 0
    try:
        told = {"User-Agent": _AGENT, "Accept-Encoding": "identity", **headers, "Host": target.host_header, "Connection": "close"}
        connection.request(method, target.path, body or None, told)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        told_body, is_whole = _read(response, largest)
        return Answer(response.status, found, told_body, is_whole)
    finally:
        connection.close()


def _read(response: HTTPResponse, largest: int) -> tuple[bytes, bool]:
    """The body up to so many bytes, and whether that was all."""
    parts, left = [], largest
    while part := response.read(min(_READ_AT_ONCE, left + 1)):
        left -= len(part)
        parts.append(part)
        if left < 0:
            return b"".join(parts)[:largest], False
    if response.length:
        raise HTTPException("the answer broke off")
    return b"".join(parts), True
