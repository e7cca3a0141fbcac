"""Hours by role as people type them: "Designer 40; Developer 80.5"."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from wonward.domains.catalog.types import Hours
from wonward.edges.web.shell.fields import FormReader
from wonward.kernel.errors import FieldError

_ONE = re.compile(r"(?P<role>.*?)[\s:]*(?P<hours>\d{1,6}([.,]\d{1,2})?)\s*h?", re.IGNORECASE)


def read_hours(reader: FormReader, name: str) -> Hours:
    """The minutes of each role; what cannot be read is an error of the form."""
    found = []
    for part in reader.text(name, limit=2000).replace("\n", ";").split(";"):
        if not part.strip():
            continue
        match = _ONE.fullmatch(part.strip())
        if match is None:
            reader.errors.append(FieldError(name, _("Write hours by role, such as “Designer 40; Developer 80”; “%(value)s” is none.") % {"value": part.strip()[:60]}))
            return ()
        found.append((match["role"].strip(), int(Decimal(match["hours"].replace(",", ".")) * 60)))
    return tuple(found)


def hours_words(hours: Hours) -> str:
    """The same as one would type it."""
    return "; ".join(f"{role} {minutes / 60:g}".strip() for role, minutes in hours)
