"""Pure decisions about the price book of a service."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.domains.catalog.types import BookEntry
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

MOST_CURRENCIES = 40


def book_errors(entries: Sequence[BookEntry], *, own: str, at: str = "") -> list[FieldError]:
    """Why these entries cannot stand in the book of a service whose own currency is `own`, entry by entry."""
    errors: list[FieldError] = []
    if len(entries) > MOST_CURRENCIES:
        errors.append(FieldError(f"{at}book", worded("A price book has at most {most_currencies} currencies.", most_currencies=MOST_CURRENCIES), "too_long"))
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        here = f"{at}book[{place}]"
        if len(entry.currency) != 3 or not (entry.currency.isascii() and entry.currency.isalpha() and entry.currency.isupper()):
            errors.append(FieldError(f"{here}.currency", worded("“{currency}” is not an ISO 4217 currency code.", currency=entry.currency[:10]), "unknown"))
        elif entry.currency == own:
            errors.append(FieldError(f"{here}.currency", worded("{own} is the service's own currency; its price stands above.", own=own), "own"))
        elif entry.currency in seen:
            errors.append(FieldError(f"{here}.currency", worded("{currency} is in the book twice.", currency=entry.currency), "twice"))
        seen.add(entry.currency)
        for name in ("price", "cost"):
            amount = getattr(entry, name)
            if amount is not None and amount.currency != entry.currency:
                errors.append(FieldError(f"{here}.{name}", worded("This line of the book is in {currency}.", currency=entry.currency), "currency"))
            elif amount is not None and amount.minor < 0:
                errors.append(FieldError(f"{here}.{name}", "A price cannot be negative.", "range"))
    return errors
