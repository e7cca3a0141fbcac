"""What is sent out, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Forbidden(Exception):
    """The address leads where nobody may be sent: into the house, or nowhere that can be named. Asking again is useless."""


class Unreachable(Exception):
    """No whole answer came: no connection, no time left, too much of it. It may be asked again."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads: `path` with its query, `port` always a number."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials are for."""
        return (self.scheme, self.host, self.port)

    @property
    def host_header(self) -> str:
        """The host as the other side is told it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `seconds` is for all of it, redirects included; of the answer `largest` bytes are read."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 10.0
    largest: int = 64 * 1024
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back at last. The body is as it was sent, nothing is unpacked; `is_whole` is false when there was more of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True

    @property
    def is_good(self) -> bool:
        """Whether the other side says that it took it."""
        return 200 <= self.status < 300


DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
