"""From the bytes of an upload to its table, whatever the form."""

from __future__ import annotations

from collections.abc import Callable

from wonward.foundation.files.reading import is_zip, read_workbook
from wonward.journeys.imports.rules.cards import looks_like_cards, read_cards
from wonward.journeys.imports.rules.decoding import decode, require_text
from wonward.journeys.imports.rules.delimited import SEPARATORS, Record, read_records, sniff_separator
from wonward.journeys.imports.rules.framing import Table, frame
from wonward.journeys.imports.rules.objects import looks_like_json, read_objects
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded


def read_table(data: bytes, knows_header: Callable[[str], bool]) -> Table:
    """The table of a CSV, XLSX, JSON or vCard file; Refused says what is wrong with the file as a whole."""
    if not data.strip(b" \r\n\t\x00\xef\xbb\xbf"):
        raise Refused.field("file", "The file is empty.", "empty")
    if is_zip(data):
        rows, sheet, others = read_workbook(data)
        if not rows:
            raise Refused.field("file", "The workbook has no sheet with anything in it.", "empty")
        table = frame([Record(number, row) for number, row in enumerate(rows, start=1)], knows_header)
        if others:
            table.notes.insert(0, worded("The sheet “{sheet}” was read; left out: {other}.", sheet=sheet, other=", ".join(others[:5])))
        return table
    require_text(data)
    decoded = decode(data)
    notes = [decoded.note] if decoded.note else []
    text = decoded.text
    if looks_like_json(text):
        table = frame(read_objects(text), knows_header)
    elif looks_like_cards(text):
        table = frame(read_cards(text), knows_header)
        notes.append(worded("Each vCard is one row."))
    else:
        text = _without_separator_line(text)
        separator, width = sniff_separator(text)
        table = frame(read_records(text, separator, width), knows_header)
        table.decimal_hint = "," if separator == ";" else "."
        if separator != ",":
            notes.append(worded("Cells are separated by a {separator}.", separator=SEPARATORS[separator]))
    table.notes = [*notes, *table.notes]
    return table


def _without_separator_line(text: str) -> str:
    """Spreadsheets may write `sep=;` first; the row stays, empty, so that row numbers hold."""
    first, newline, rest = text.partition("\n")
    return newline + rest if first.strip().strip('"').lower().startswith("sep=") else text
