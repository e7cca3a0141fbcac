"""Which column goes to which field: proposed from headers, confirmed by values, never guessed below a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from wonward.journeys.imports.rules.aliases import (
    ALIASES,
    ENTITY_KINDS,
    ENTITY_WORDS,
    JOINED_ALIASES,
    KNOWN_ELSEWHERE,
    OWN_ENTITIES,
    SEEN_FROM_OUTSIDE,
    WEAK,
    Alias,
)
from wonward.journeys.imports.rules.fields import FIELDS, NO_FIELDS, Field
from wonward.journeys.imports.rules.numbers import is_currency
from wonward.journeys.imports.rules.shapes import Column, fit
from wonward.journeys.imports.rules.words import header_key, split_qualifiers
from wonward.journeys.imports.types import MappedColumn
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded

ACCEPTED = 0.6
_FITTING = 0.5
_SURE = 0.9
_STRONG_TYPES = frozenset({"email", "domain", "number", "integer", "money", "percent", "date", "moment", "yes_no", "currency", "year",
                           "minutes"})
_TYPE_WORDS = {
    "email": "e-mail addresses", "domain": "web addresses", "number": "numbers", "integer": "numbers", "money": "amounts",
    "percent": "percentages", "date": "dates", "moment": "dates", "yes_no": worded("yes or no"), "currency": "currencies", "year": "years",
    "minutes": "durations", "country": "countries", "task_status": worded("statuses of tasks"), "project_status": worded("statuses of projects"),
    "communication_kind": worded("kinds of communication"), "direction": "directions", "name": "names",
}


class _Match:
    """A field a header may mean, how sure, and why."""

    def __init__(self, field: str, confidence: float, rank: int, reason: str, *, is_weak: bool = False) -> None:
        self.field, self.confidence, self.rank, self.reason, self.is_weak = field, confidence, rank, reason, is_weak


def knows_header(kind: str, header: str) -> bool:
    """Whether a text names a field of the kind, or is known to name something else."""
    return header_key(header) in KNOWN_ELSEWHERE or _match(kind, header, is_guessing=False) is not None


def propose_mapping(kind: str, columns: Sequence[Column], own: Mapping[str, Field] = NO_FIELDS) -> list[MappedColumn]:
    """One line per column: its field, or an empty field with the reason why it is left out. `own` are the house's own fields."""
    fields = {**FIELDS[kind], **own}
    matches = {column.index: _judged(kind, column, fields, own) for column in columns}
    _add_by_values(kind, columns, matches)
    winners: dict[str, Column] = {}
    for column in columns:
        match = matches[column.index]
        if match is None or match.confidence < ACCEPTED:
            continue
        rival = winners.get(match.field)
        if rival is None or _strength(match, column) > _strength(matches[rival.index], rival):
            winners[match.field] = column
    _take_seconds(kind, columns, matches, winners)
    return [_line(fields, column, matches[column.index], winners) for column in columns]


def _take_seconds(kind: str, columns: Sequence[Column], matches: dict[int, _Match | None], winners: dict[str, Column]) -> None:
    """A second address or number goes where a second one has its place, if nothing else is there."""
    for column in columns:
        match = matches[column.index]
        if match is None or match.confidence < ACCEPTED or winners[match.field].index == column.index:
            continue
        second = _SECONDS.get(match.field, "")
        if second in FIELDS[kind] and second not in winners:
            matches[column.index] = _Match(second, min(match.confidence, 0.9), match.rank, worded("The header says so, and the first of them has its place"))
            winners[second] = column


_SECONDS = {"email": "work_email", "phone": "mobile"}


def _strength(match: _Match | None, column: Column) -> tuple[float, bool, int, int]:
    assert match is not None
    return (match.confidence, bool(column.filled), -match.rank, -column.index)


def _line(fields: Mapping[str, Field], column: Column, match: _Match | None, winners: Mapping[str, Column]) -> MappedColumn:
    if match is None:
        key = header_key(column.header)
        reason = worded("Wonward has no place for it.") if key in KNOWN_ELSEWHERE else worded("The header is not known; choose a field if it matters.")
        return MappedColumn(column.index, column.header, "", "", 0.0, reason)
    label = fields[match.field].label
    if match.confidence < ACCEPTED:
        reason = worded("It may be “{label}”, but {reason}; choose it if it is.", label=label, reason=match.reason)
        return MappedColumn(column.index, column.header, "", "", match.confidence, reason)
    winner = winners[match.field]
    if winner.index != column.index:
        reason = worded("“{header}” already gives “{label}”.", header=winner.header, label=label)
        return MappedColumn(column.index, column.header, "", "", match.confidence, reason)
    return MappedColumn(column.index, column.header, match.field, label, match.confidence, match.reason)


def _own_match(column: Column, own: Mapping[str, Field]) -> _Match | None:
    """A header that is what the house calls one of its own fields."""
    key = header_key(column.header)
    found = next((field.name for field in own.values() if key and header_key(field.label) == key), "")
    return _Match(found, 0.95, 60, worded("The header is the name of a field of yours")) if found else None


def _judged(kind: str, column: Column, fields: Mapping[str, Field], own: Mapping[str, Field]) -> _Match | None:
    """What the header means, lowered when the values speak against it."""
    match = _match(kind, column.header)
    if match is None or match.confidence < _SURE:
        match = _own_match(column, own) or match
    if match is None:
        return None
    field_type = fields[match.field].type
    share = fit(column, field_type)
    words = _TYPE_WORDS.get(field_type, "such values")
    if match.field == "tier":
        share = _share_of_tiers(column)
    if share is None:
        if match.is_weak and match.rank < 100:
            return _Match(match.field, 0.4, match.rank, worded("the column is empty"))
        return match
    if share < _FITTING and (field_type in _STRONG_TYPES or match.is_weak or match.field == "tier"):
        return _Match(match.field, 0.3, match.rank, worded("most of its values are no {words}", words=words))
    if match.field == "owner" and share < _FITTING:
        return _Match(match.field, 0.3, match.rank, worded("its values are no names"))
    if share >= 0.9 and field_type in _TYPE_WORDS and field_type != "name":
        return _Match(match.field, min(1.0, match.confidence + 0.02), match.rank, worded("{reason}; its values are {words}", reason=match.reason, words=words))
    return match


def _share_of_tiers(column: Column) -> float | None:
    if not column.sample:
        return None
    return sum(1 for text in column.sample if text.strip().upper() in ("A", "B", "C")) / len(column.sample)


def _match(kind: str, header: str, *, is_guessing: bool = True) -> _Match | None:
    """The best meaning of a header alone; `is_guessing` allows for misspelt ones."""
    numbered = header.rstrip()
    if numbered.endswith(")") and numbered[:-1].rpartition("(")[2].isdecimal():
        header = numbered.rpartition("(")[0]
    key = header_key(header)
    if alias := ALIASES[kind].get(key):
        return _Match(alias.field, 0.97, alias.rank, worded("The header says so"), is_weak=key in WEAK.get(kind, ()))
    if found := _currency_of(kind, key):
        return found
    if " - " in header or ": " in header or "." in header:
        found, is_record = _by_record(kind, header)
        if found or is_record:
            return found
    if alias := JOINED_ALIASES[kind].get(key):
        return _Match(alias.field, 0.9, alias.rank + 40, worded("The header says so, in one word"))
    found = _by_first_words(kind, key)
    if found or key in KNOWN_ELSEWHERE:
        return found
    bare, qualifiers = split_qualifiers(header)
    if qualifiers and header_key(bare) != key and (alias := ALIASES[kind].get(header_key(bare))):
        is_plain = all(header_key(word) in _PLAIN_QUALIFIERS or is_currency(word) for word in qualifiers)
        return _Match(alias.field, 0.9 if is_plain else 0.7, alias.rank + 50, worded("The header says so, with a remark in brackets"))
    return _by_likeness(kind, key) if is_guessing else None


def says_currency(header: str) -> bool:
    """Whether a header speaks of a currency, of whatever amount."""
    return not _CURRENCY_WORDS.isdisjoint(header_key(header).split())


def _currency_of(kind: str, key: str) -> _Match | None:
    """`amount currency`, `price currency code`: the currency of an amount this kind has."""
    words = [word for word in key.split() if word not in _CURRENCY_REST]
    if "currency" not in FIELDS[kind] or says_currency(key) is False:
        return None
    alias = ALIASES[kind].get(" ".join(word for word in words if word not in _CURRENCY_WORDS))
    if alias is None or FIELDS[kind][alias.field].type != "money":
        return None
    return _Match("currency", 0.93, alias.rank + 10, worded("The header names the currency of an amount"))


_CURRENCY_WORDS = frozenset(header_key(word) for word in ("currency", "währung", "devise", "moneda", "moeda", "valuta", "měna", "waluta"))
_CURRENCY_REST = frozenset(["code", "iso", "of", "the", "in", "deal", "opportunity", "company", "account"])
_PLAIN_QUALIFIERS = frozenset(["work", "home", "mobile", "other", "main", "primary", "business", "office", "private", "private", "geschaeftlich", "required", "optional", "date", "eur", "usd"])


def _by_record(kind: str, header: str) -> tuple[_Match | None, bool]:
    """`Organization - Name`, `Account.Name`, `Deal: Owner`: a record, then its field; and whether it was a record at all."""
    for separator in (" - ", ": ", "."):
        before, found, after = header.partition(separator)
        entities = ENTITY_WORDS.get(header_key(before), frozenset()) if found else frozenset()
        if entities:
            bare, _ = split_qualifiers(after)
            first, _, last = header_key(after).rpartition(" ")
            plain = first if last in _PLAIN_QUALIFIERS else ""
            return next((match for key in (header_key(after), header_key(bare), plain) if key and (match := _in_record(kind, entities, key))), None), True
    return None, False


def _by_first_words(kind: str, key: str) -> _Match | None:
    """`opportunity owner`, `contact email`: the record stands before the field."""
    words = key.split()
    for length in (2, 1):
        entities = ENTITY_WORDS.get(" ".join(words[:length]), frozenset()) if len(words) > length else frozenset()
        if entities and (found := _in_record(kind, entities, " ".join(words[length:]))):
            return found
    return None


def _in_record(kind: str, entities: frozenset[str], key: str) -> _Match | None:
    if entities & OWN_ENTITIES[kind]:
        alias = ALIASES[kind].get(key)
        return _Match(alias.field, 0.95, alias.rank + 10, worded("The header names it"), is_weak=False) if alias else None
    for entity in sorted(entities):
        alias = ALIASES[ENTITY_KINDS[entity]].get(key)
        field = SEEN_FROM_OUTSIDE.get((entity, alias.field)) if alias else None
        if alias and field and field in FIELDS[kind]:
            return _Match(field, 0.93, alias.rank + 20, worded("The header names the {entity}", entity=entity))
    return None


def _by_likeness(kind: str, key: str) -> _Match | None:
    """A misspelt header: one that is nearly an alias with as many words."""
    if len(key) < 6:
        return None
    best: tuple[float, Alias | None] = (0.0, None)
    for alias_key, alias in ALIASES[kind].items():
        if len(alias_key.split()) == len(key.split()) and abs(len(alias_key) - len(key)) <= 2:
            likeness = SequenceMatcher(None, key, alias_key).ratio()
            if likeness > best[0]:
                best = (likeness, alias)
    if best[1] is None or best[0] < 0.9:
        return None
    return _Match(best[1].field, 0.65, best[1].rank + 100, worded("The header is nearly its name"), is_weak=True)


def _add_by_values(kind: str, columns: Sequence[Column], matches: dict[int, _Match | None]) -> None:
    """An unnamed column full of e-mail addresses is the e-mail, if no other is and it is the only one."""
    taken = {match.field for match in matches.values() if match and match.confidence >= ACCEPTED}
    for field in ("email",):
        if field not in FIELDS[kind] or field in taken:
            continue
        fitting = [column for column in columns if matches[column.index] is None and column.filled and (fit(column, "email") or 0) >= 0.9]
        if len(fitting) == 1:
            matches[fitting[0].index] = _Match(field, 0.62, 999, worded("Its values are e-mail addresses"))


def override_mapping(
    kind: str, proposed: Sequence[MappedColumn], wishes: Mapping[str, str | None], own: Mapping[str, Field] = NO_FIELDS
) -> list[MappedColumn]:
    """The proposal with the caller's wishes (header → field; None or empty leaves it out). Refused names what is unknown."""
    possible = {**FIELDS[kind], **own}
    known = {header_key(line.header): line.index for line in reversed(proposed)} | {line.header: line.index for line in proposed}
    errors = []
    chosen: dict[int, str] = {}
    for header, field in wishes.items():
        index = known.get(header, known.get(header_key(str(header))))
        if index is None:
            errors.append(FieldError(f"mapping.{header}", worded("The file has no column “{header}”.", header=header), "unknown"))
        elif field and (not isinstance(field, str) or field not in possible):
            fields = ", ".join(possible)
            errors.append(FieldError(f"mapping.{header}", worded("“{field}” is not a field of {kind}; choose one of {fields}.", field=field, kind=kind, fields=fields), "unknown"))
        else:
            chosen[index] = field or ""
    given = [field for field in chosen.values() if field]
    for field in sorted({field for field in given if given.count(field) > 1}):
        errors.append(FieldError("mapping", worded("Two columns are to be “{label}”.", label=possible[field].label), "twice"))
    if errors:
        raise Refused(errors[0].words, errors)
    return [_overridden(possible, line, chosen) for line in proposed]


def _overridden(fields: Mapping[str, Field], line: MappedColumn, chosen: Mapping[int, str]) -> MappedColumn:
    if line.index in chosen:
        field = chosen[line.index]
        label = fields[field].label if field else ""
        return MappedColumn(line.index, line.header, field, label, 1.0, worded("Chosen.") if field else worded("Left out by choice."))
    if line.field and line.field in chosen.values():
        return MappedColumn(line.index, line.header, "", "", line.confidence, worded("Another column was chosen for it."))
    return line
