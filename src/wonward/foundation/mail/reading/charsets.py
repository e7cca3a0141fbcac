"""Bytes to text whatever they call themselves, and text without what nobody should store or see."""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata

# Those that are no alphabet of people, or take quadratic time over their input.
_NO_ALPHABET = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_WEST = "cp1252"
_READ_AS_WEST = frozenset({"ascii", "iso8859-1"})
_LONGEST_NAME_OF_ALPHABET = 40
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
_JOINERS = "\u200c\u200d"
_BLANK_LINES = re.compile("\n{4,}")
_NOT_BASE64 = bytes(byte for byte in range(256) if not (chr(byte).isascii() and chr(byte).isalnum()) and byte not in b"+/")


def read_text(content: bytes, charset: str = "") -> str:
    """The text in these bytes: by the alphabet they name where that fits, else as UTF-8, else as Western European; never an error."""
    named = _alphabet(charset)
    for name in dict.fromkeys((named, "utf-8")):
        try:
            return content.decode(name)
        except (UnicodeError, ValueError):
            continue
    return content.decode(_WEST if named in ("utf-8", _WEST) else named, errors="replace")


def _alphabet(charset: str) -> str:
    try:
        found = codecs.lookup(charset.strip().strip("\"'")[:_LONGEST_NAME_OF_ALPHABET] or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    if found.name in _NO_ALPHABET or not getattr(found, "_is_text_encoding", True):
        return "utf-8"
    return "utf-8" if found.name == "ascii" else _WEST if found.name in _READ_AS_WEST else found.name


def read_transfer(content: bytes, encoding: str) -> bytes:
    """The bytes behind a Content-Transfer-Encoding; broken ones as far as they go, unknown ones as they stand."""
    name = encoding.strip().lower()
    if name == "base64":
        return _from_base64(content)
    if name == "quoted-printable":
        return binascii.a2b_qp(content)
    if name in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _from_uuencode(content)
    return content


def _from_base64(content: bytes) -> bytes:
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = content.translate(None, delete=_NOT_BASE64)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _from_uuencode(content: bytes) -> bytes:
    found = []
    for line in content.splitlines():
        if line.startswith(b"begin ") or line.strip() in (b"end", b"`", b""):
            continue
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(found)


def tidy_text(text: str) -> str:
    """Lines ended by `\\n` without blanks behind them, no marks nobody sees or that turn the direction of reading, few empty lines."""
    lines = _UNSEEN.sub("", _BREAK.sub("\n", text)).split("\n")
    return _BLANK_LINES.sub("\n\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def tidy_line(text: str, longest: int) -> str:
    """One line of at most `longest` characters, without controls, halves of characters and marks that turn the direction of reading."""
    spaced = "".join(" " if one.isspace() else one for one in text[: longest * 8])
    kept = (one for one in spaced if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn") or one in _JOINERS)
    return " ".join("".join(kept).split())[:longest].rstrip()
