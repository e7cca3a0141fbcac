"""What bytes are, what a file may be called, and how it is handed out. Pure decisions on plain values."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
_LONGEST_NAME = 200

# (offset, the bytes there, what they mean); the first match wins.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_INSIDE_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
)
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z-]{4,20}|epub\+zip))")
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|iframe|style|title|meta|link|base|form|object|embed)\b", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

# What a browser may show in place: raster images only; they cannot run anything.
_SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
PDF = "pdf"
# The viewer's own page needs its styles and the file itself; scripts of the file's origin stay forbidden.
_PDF_POLICY = "default-src 'none'; script-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' blob: data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_RUNS_IN_A_BROWSER = frozenset({"text/html", "image/svg+xml", "application/xml"})


def sniff_media_type(head: bytes) -> str:
    """The media type by the first bytes (4,096 are enough), never by the name; unknown is octet-stream."""
    for offset, magic, media_type in _SIGNATURES:
        if head.startswith(magic, offset):
            return media_type
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(head)
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return _sniff_text(head)


def _sniff_zip(head: bytes) -> str:
    if found := _OPEN_DOCUMENT.search(head):
        return found[1].decode()
    for folder, media_type in _INSIDE_ZIP:
        if folder in head:
            return media_type
    return "application/zip"


def _sniff_text(head: bytes) -> str:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, errors="ignore")
    if len(text.encode(encoding, errors="ignore")) + 8 < len(head) or _CONTROL.search(text):
        return UNKNOWN
    if re.search(r"<svg\b|<\w+:svg\b", text, re.I):
        return "image/svg+xml"
    if _MARKUP.search(text):
        return "text/html"
    if text.lstrip().startswith("<?xml"):
        return "application/xml"
    if text.startswith("BEGIN:VCALENDAR"):
        return "text/calendar"
    return "text/plain" if text.strip() else UNKNOWN


def clean_name(name: str) -> str:
    """The name shown for a file: no folders, no invisible or reversing characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    kept = " ".join(unicodedata.normalize("NFC", kept).split()).strip(". ")
    if not kept:
        return "document"
    stem, dot, extension = kept.rpartition(".")
    if not dot or len(extension) > 12:
        return kept[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(extension) - 1].rstrip()}.{extension}"


def may_be_shown_in_place(media_type: str) -> bool:
    """Whether a browser may show this type inside a page; SVG and HTML never."""
    return media_type in _SHOWN_IN_PLACE


def preview_kind(media_type: str) -> str:
    """How a file can be looked at without downloading it: image, pdf, text, or "" for not at all."""
    if may_be_shown_in_place(media_type):
        return "image"
    return {"application/pdf": PDF, "text/plain": "text", "text/calendar": "text", "text/html": "text", "application/xml": "text",
            "image/svg+xml": "text"}.get(media_type, "")


def read_text(head: bytes, media_type: str) -> str:
    """The beginning of a text file as text, whatever is broken in it replaced; markup stays the text it is. ValueError for no text."""
    if preview_kind(media_type) != "text":
        raise ValueError(f"{media_type} is no text")
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return _CONTROL.sub("\ufffd", head.decode(encoding, errors="replace"))


def delivery_headers(name: str, media_type: str, *, in_place: bool = False) -> dict[str, str]:
    """The headers with which a file is sent: a download, unless a raster image or a PDF is asked for in place.

    A PDF is drawn by the browser's own viewer, which a sandbox would keep from running; nothing else may load or run beside it.
    """
    is_pdf = in_place and media_type == "application/pdf"
    is_shown = is_pdf or (in_place and may_be_shown_in_place(media_type))
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", unicodedata.normalize("NFKD", clean_name(name)))
    disposition = "inline" if is_shown else "attachment"
    return {
        "Content-Type": UNKNOWN if media_type in _RUNS_IN_A_BROWSER else media_type,
        "Content-Disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean_name(name), safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _PDF_POLICY if is_pdf else "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def limit_in_words(limit_bytes: int) -> str:
    """`67108864` → `64 MB`; below a megabyte in kB, below a kilobyte in bytes."""
    for unit, size in (("MB", 1024 * 1024), ("kB", 1024)):
        if limit_bytes >= size:
            amount = limit_bytes / size
            return f"{amount:.0f} {unit}" if amount == int(amount) else f"{amount:.1f} {unit}"
    return f"{limit_bytes} bytes"
