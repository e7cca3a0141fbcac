"""Spreadsheets (.xlsx) to rows of text, without ever unpacking more than a table may be."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

LARGEST_UNPACKED_BYTES = 256 * 1024 * 1024
LARGEST_RATIO = 200
_MOST_ENTRIES = 5000
_MOST_CELLS = 10_000_000
_SCANNED_BYTES = 1024 * 1024
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")


def is_zip(data: bytes) -> bool:
    """Whether the bytes are a zip, as every modern workbook is."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_workbook(data: bytes) -> tuple[list[list[str]], str, list[str]]:
    """The rows of the first sheet that has any, that sheet's name, and the names of the sheets left out.

    Refused when it is no workbook, is damaged, or would unpack to more than a table may be.
    """
    _require_modest(data)
    try:
        workbook = import_module("python_calamine").CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(workbook.sheet_names)
        for name in names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                others = [other for other in names if other != name]
                return [[_text(cell) for cell in row] for row in rows], name, others
    except Exception as error:
        raise _damaged() from error
    except BaseException as error:
        # The reader is compiled; what it does not expect arrives as a panic beside the ordinary exceptions.
        if type(error).__name__ == "PanicException":
            raise _damaged() from error
        raise
    return [], "", names


def _damaged() -> Refused:
    return Refused.field("file", "The workbook is damaged or protected by a password. Open it, save it again and send that.", "broken")


def _require_modest(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise Refused.field("file", "This is a zip file, but not an .xlsx workbook. Send the table itself.", "unsupported")
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > _MOST_ENTRIES or unpacked > LARGEST_UNPACKED_BYTES or unpacked > LARGEST_RATIO * max(len(data), 50_000):
                raise Refused.field(
                    "file", worded("The workbook would unpack to {unpacked} MB, more than a table of its size holds.", unpacked=unpacked // (1024 * 1024)), "too_large"
                )
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    _require_modest_sheet(archive, entry)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        raise _damaged() from error


def _require_modest_sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A single cell far out would make the reader lay out every cell before it."""
    last_column = last_row = unpacked = 0
    rest = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_SCANNED_BYTES):
            unpacked += len(chunk)
            if unpacked > LARGEST_UNPACKED_BYTES:
                raise Refused.field("file", "The workbook unpacks to more than it says.", "too_large")
            block = rest + chunk
            for column, row in _CELL.findall(block):
                last_row = max(last_row, int(row))
                last_column = max(last_column, _column_number(column))
            rest = block[-32:]
    if last_column * last_row > _MOST_CELLS:
        raise Refused.field(
            "file", worded("The sheet reaches to row {last_row}, column {last_column}. Delete what lies outside the table and save it again.", last_row=last_row, last_column=last_column),
            "too_large",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: Any) -> str:
    """A cell as a CSV would hold it; numbers without the noise of binary fractions."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return ""
        rounded = Decimal(repr(cell)).quantize(Decimal("1e-9")) if abs(cell) < 1e15 else Decimal(repr(cell))
        return f"{rounded.normalize():f}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return f"{cell.total_seconds() / 3600:g}"
    return str(cell)
