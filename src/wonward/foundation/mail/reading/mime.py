"""The parts of an e-mail, told by their place in its bytes: headers, and whatever lies between two boundaries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wonward.foundation.mail.reading.charsets import read_text, read_transfer
from wonward.foundation.mail.reading.headers import read_parameters
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

MOST_PARTS, MOST_LEVELS, MOST_HEADER_BYTES = 500, 20, 256 * 1024
_LONGEST_BOUNDARY, _LONGEST_MARK = 200, 1000
_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")


@dataclass(slots=True, eq=False)
class Part:
    """A part with its headers by lower-case name; `start` and `end` are where its body lies in `data`."""

    data: bytes
    headers: dict[str, list[str]]
    start: int
    end: int
    media_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The first header of that name on one line, "" where there is none."""
        return self.headers.get(name, [""])[0]

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """How it wants to be shown, and with which parameters."""
        return read_parameters(self.header("content-disposition"))

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding taken off."""
        return read_transfer(self.data[self.start : self.end], self.header("content-transfer-encoding"))


@dataclass(slots=True)
class _Budget:
    parts: int = 0


def read_parts(data: bytes) -> Part:
    """The e-mail as a tree of parts. Refused when its headers, parts or levels are more than an e-mail has."""
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while data[start : start + 1] in (b"\r", b"\n", b" ", b"\t"):
        start += 1
    return _read(data, start, len(data), "text/plain", 0, _Budget())


def _read(data: bytes, start: int, end: int, usual: str, level: int, budget: _Budget) -> Part:
    budget.parts += 1
    if budget.parts > MOST_PARTS:
        raise Refused.field("file", worded("The e-mail has more than {most} parts.", most=MOST_PARTS), "too_many")
    if level > MOST_LEVELS:
        raise Refused.field("file", worded("The e-mail has more than {most} parts inside one another.", most=MOST_LEVELS), "too_deep")
    headers, body = _headers(data, start, end)
    media_type, parameters = read_parameters(headers.get("content-type", [usual])[0])
    part = Part(data, headers, body, end, media_type if "/" in media_type else "text/plain", parameters)
    boundary = parameters.get("boundary", "").rstrip()[:_LONGEST_BOUNDARY]
    if media_type.startswith("multipart/") and boundary:
        inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        for first, last in _between(data, body, end, b"--" + boundary.encode("utf-8", "replace"), budget.parts):
            part.parts.append(_read(data, first, last, inner, level + 1, budget))
    return part


def _headers(data: bytes, start: int, end: int) -> tuple[dict[str, list[str]], int]:
    """The headers at the beginning, unfolded, and where the body begins."""
    found: list[tuple[str, list[bytes]]] = []
    place = start
    while place < end:
        stop = data.find(b"\n", place, end)
        after = end if stop < 0 else stop + 1
        if after - start > MOST_HEADER_BYTES:
            raise Refused.field("file", worded("The headers of the e-mail are longer than {limit} kB.", limit=MOST_HEADER_BYTES // 1024), "too_large")
        line = data[place:after].rstrip(b"\r\n")
        if not line:
            place = after
            break
        head = _HEADER.match(line)
        if line[:1] in b" \t" and found:
            found[-1][1].append(line.strip())
        elif head:
            found.append((head[1].decode("ascii").lower(), [line[head.end() :].strip()]))
        elif not (place == start and line.startswith((b"From ", b">From "))):
            break
        place = after
    headers: dict[str, list[str]] = {}
    for name, lines in found:
        headers.setdefault(name, []).append(read_text(b" ".join(lines)).replace("\x00", ""))
    return headers, place


def _between(data: bytes, start: int, end: int, mark: bytes, so_far: int) -> list[tuple[int, int]]:
    """What lies between lines that are the mark, until the one that ends with two dashes or the end of the bytes."""
    found: list[tuple[int, int]] = []
    opened, place = -1, data.find(mark, start, end)
    while place >= 0 and so_far + len(found) <= MOST_PARTS:
        behind = place + len(mark)
        after = _mark_end(data, behind, end) if place == start or data[place - 1] in b"\r\n" else -1
        if after >= 0:
            if opened >= 0:
                found.append((opened, _before_break(data, opened, place)))
            opened = after
            if data.startswith(b"--", behind, end):
                return found
        place = data.find(mark, behind, end)
    if opened >= 0:
        found.append((opened, end))
    return found


def _mark_end(data: bytes, behind: int, end: int) -> int:
    """Where the line of a mark ends; -1 when more stands on it than two dashes."""
    stop = data.find(b"\n", behind, min(end, behind + _LONGEST_MARK))
    after = stop + 1 if stop >= 0 else min(end, behind + _LONGEST_MARK)
    if data[behind:after].strip(b" \t\r\n") not in (b"", b"--"):
        return -1
    return after if stop >= 0 or after == end else -1


def _before_break(data: bytes, start: int, place: int) -> int:
    """The line break before a mark belongs to the mark."""
    for width in (2, 1):
        if place - width >= start and data[place - width : place] in (b"\r\n", b"\n", b"\r"):
            return place - width
    return max(start, place)
