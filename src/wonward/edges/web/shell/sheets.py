"""A list as a file for spreadsheets, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.foundation.audit.queries import EXPORTED, remember_opening
from wonward.kernel.errors import Refused

MOST_ROWS = 50_000
FORMS = ("csv", "xlsx")
Cell = str | int | Decimal | date | datetime | None
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer_sheet(name: str, form: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The rows as CSV or XLSX, to be kept as `name`; Refused when there are more than 50,000."""
    if form not in FORMS:
        raise Refused.field("as", _("Choose csv or xlsx."))
    found: list[list[str | int | Decimal]] = []
    for row in rows:
        if len(found) == MOST_ROWS:
            raise Refused.field("as", _("These are more than %(count)s rows. Narrow the list first.") % {"count": MOST_ROWS})
        found.append([_plain(cell) for cell in row])
    remember_opening(what=EXPORTED, detail=name)
    # Fields of one's own are heads too, and are named by people.
    heads = [str(_plain(head)) for head in heads]
    if form == "csv":
        body, kind = _csv(heads, found), "text/csv; charset=utf-8"
    else:
        body, kind = _xlsx(heads, found), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'})


def _plain(cell: Cell) -> str | int | Decimal:
    """Dates as ISO, and text that begins like a formula behind an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    if isinstance(cell, str) and cell.lstrip().startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return cell


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]) -> bytes:
    target = io.BytesIO()
    # 9 MB that a web process does not hold before somebody asks for such a file.
    book = import_module("xlsxwriter").Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, list(heads), bold)
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(place, column, cell)
            else:
                sheet.write_number(place, column, cell)
    book.close()
    return target.getvalue()
