"""Reading what people typed into forms: one clear sentence per field that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.money import Money


@dataclass(slots=True)
class FormReader:
    """Reads typed values and collects what cannot be read; `finish` refuses with all of it at once."""

    data: Mapping[str, str]
    errors: list[FieldError] = field(default_factory=list)

    def text(self, name: str, *, limit: int = 20_000) -> str:
        """Text without the spaces around it."""
        value = self.data.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > limit:
            self._fail(name, _("This has %(count)s characters; at most %(limit)s fit.") % {"count": len(value), "limit": limit})
            return value[:limit]
        return value

    def day(self, name: str) -> date | None:
        """A civil date as YYYY-MM-DD; None when empty."""
        value = self.data.get(name, "").strip()
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self._fail(name, _("“%(value)s” is not a date.") % {"value": value[:40]})
            return None

    def number(self, name: str) -> int | None:
        """A whole number; None when empty."""
        value = self.data.get(name, "").strip()
        if not value:
            return None
        try:
            number = int(value)
        except ValueError:
            self._fail(name, _("“%(value)s” is not a whole number.") % {"value": value[:40]})
            return None
        if abs(number) > 2**53:
            self._fail(name, _("“%(value)s” is too large.") % {"value": value[:40]})
            return None
        return number

    def flag(self, name: str) -> bool:
        """A ticked box."""
        return self.data.get(name, "") in ("1", "on", "true", "yes")

    def money(self, name: str, currency: str) -> Money | None:
        """An amount in the given currency; separators of thousands may be spaces, commas or apostrophes."""
        value = self.data.get(name, "").strip().replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace("'", "")
        if not value:
            return None
        if value.count(",") == 1 and "." not in value and len(value.split(",")[1]) != 3:
            value = value.replace(",", ".")
        try:
            return Money.parse(value.replace(",", ""), currency)
        except ValueError as error:
            self._fail(name, str(error))
            return None

    def version(self) -> int | None:
        """The version the form was opened with."""
        return self.number("version")

    def _fail(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))

    def finish(self) -> None:
        """Refuse when anything could not be read."""
        if self.errors:
            raise Refused(self.errors[0].words, self.errors)


def read_archiving(data: Mapping[str, str]) -> tuple[bool, int | None]:
    """Whether a form puts its record away or, with `do=restore`, brings it back, and the version it was opened with; Refused."""
    reader = FormReader(data)
    version = reader.version()
    reader.finish()
    return data.get("do") != "restore", version


def errors_by_field(errors: tuple[FieldError, ...] | list[FieldError]) -> dict[str, str]:
    """The first sentence per field, for showing it beside the field; `brief.` and such prefixes are dropped."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(error.field.rpartition(".")[2] if "[" not in error.field else error.field, error.message)
    return found
