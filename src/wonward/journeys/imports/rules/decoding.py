"""Bytes to text: which encoding was assumed, and what could not be read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

UNREADABLE = "\ufffd"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with unreadable bytes as U+FFFD; `note` says what was assumed, empty for plain UTF-8."""

    text: str
    encoding: str
    note: str = ""


def decode(data: bytes) -> DecodedText:
    """Text of a file of unknown encoding: a mark at its start, UTF-8, UTF-16 by its zeros, else Windows-1252."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec, name)
    codec = _codec_by_zeros(data[:_SAMPLE])
    if codec:
        return DecodedText(data.decode(codec, "replace"), "UTF-16", worded("The file has no mark of its encoding; it was read as UTF-16."))
    try:
        return DecodedText(data.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _broken_or_western(data)


def _marked(data: bytes, codec: str, name: str) -> DecodedText:
    note = "" if name == "UTF-8" else worded("The file is marked as {name} and was read as such.", name=name)
    return DecodedText(data.decode(codec, "replace"), name, note)


def _codec_by_zeros(sample: bytes) -> str:
    """UTF-16 without a mark shows a zero in every other byte of Western text."""
    half = len(sample) // 2
    if half < 8:
        return ""
    even, odd = sample[0 : half * 2 : 2].count(0), sample[1 : half * 2 : 2].count(0)
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _broken_or_western(data: bytes) -> DecodedText:
    text = data.decode("utf-8", "replace")
    broken = text.count(UNREADABLE)
    whole = sum(1 for letter in text if letter > "\x7f") - broken
    if whole >= 4 * broken:
        return DecodedText(text, "UTF-8", worded("The file is UTF-8 with {broken} unreadable places; the rows they are in are named.", broken=broken))
    western = data.decode("cp1252", "replace")
    return DecodedText(
        western, "Windows-1252", worded("The file is not UTF-8; it was read as Windows-1252 (Western European). Check names with accents.")
    )


def require_text(data: bytes) -> None:
    """Refuse what is plainly no table, naming what it seems to be."""
    for magic, sentence in (
        (b"%PDF-", worded("This is a PDF. Export the table as CSV or XLSX.")),
        (b"\xd0\xcf\x11\xe0", worded("This is an old Office file (.xls, .mpp or .doc). Save it as .xlsx or CSV and send that.")),
        (b"BEGIN:VCALENDAR", worded("This is a calendar file, which holds no table to import.")),
        (b"<?xml", worded("This is an XML file. Export the table as CSV, XLSX or JSON.")),
        (b"<!DOCTYPE", worded("This is a web page, perhaps of a sign-in that had run out. Export the table again.")),
        (b"<html", worded("This is a web page, perhaps of a sign-in that had run out. Export the table again.")),
        (b"\x1f\x8b", worded("This is a compressed file. Unpack it and send the table inside.")),
        (b"\x89PNG", worded("This is a picture, not a table.")),
        (b"\xff\xd8\xff", worded("This is a picture, not a table.")),
        (b"SQLite format 3", worded("This is a database file. Export the table as CSV.")),
    ):
        if data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[: len(magic)].upper() == magic.upper():
            raise Refused.field("file", sentence, "unsupported")
    sample = data[:_SAMPLE]
    controls = sum(1 for byte in sample if byte < 9 or 13 < byte < 32)
    if controls > len(sample) * 0.1 and not _codec_by_zeros(sample) and not data.startswith(tuple(mark for mark, _, _ in _MARKS)):
        raise Refused.field("file", "This is not a table in text, XLSX or JSON form.", "unsupported")
