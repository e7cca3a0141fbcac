"""What most kinds share: rows that meet a known record, rows that name a parent, names that are near others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from wonward.domains.clients.queries import find_put_away
from wonward.journeys.imports.operations.matching import Companies, NearNames, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, attempt, changed_fields
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.records import ReadRow, digest_of
from wonward.journeys.imports.rules.words import same_key
from wonward.journeys.imports.types import ValueChoice
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

Known = tuple[ReadRow, int, set[str]]
"""A row, the id of the record it meets, and the fields in which it says something new."""


def put_away_here(work: Work, noun: str, rows: Sequence[ReadRow], known: Collection[str]) -> dict[str, str]:
    """Per id of a row, why it does not come in: what it stands for was put away here, and a second one beside it is no help to anybody."""
    asked = [row for row in rows if row.external_id not in known]
    names: dict[str, str] = {}
    for part in in_parts(row.external_id for row in asked):
        names |= find_put_away(noun=noun, source=work.source, external_ids=part)
    return {
        row.external_id: worded("Row {number}: “{name}” is archived here. Bring it back first.", number=row.number, name=names[row.external_id])
        for row in asked if row.external_id in names
    }


def settle_known(
    work: Work, rows: Sequence[tuple[ReadRow, Ref]], *, versions: Callable[[Collection[int]], dict[int, int]],
    change: Callable[[Sequence[Known]], list[str]],
) -> list[Outcome]:
    """Change known records where the file says something new; a record whose version stays was unchanged.

    A record met for the first time (it was not made by an import) only fills what the row names. `change` says for each
    why it was refused, or nothing.
    """
    if not rows:
        return []
    ledger = find_ledger(kind=work.kind, source=work.source, external_ids=[row.external_id for row, _ in rows])
    ids = [ref.id for _, ref in rows]
    before = versions(ids)
    outcomes, new = [Outcome(row, "unchanged", ref) for row, ref in rows], []
    for place, (row, ref) in enumerate(rows):
        former = ledger.get(row.external_id)
        if not former or former.digest != digest_of(row.record):
            new.append((place, (row, ref.id, changed_fields(former.record if former else None, row.record))))
    refusals = change([known for _, known in new])
    for (place, _), refusal in zip(new, refusals, strict=True):
        outcomes[place].status = "skipped" if refusal else "updated"
        if refusal:
            outcomes[place].message = worded("Row {number}: {refusal}", number=outcomes[place].row.number, refusal=refusal)
    after = versions(ids)
    for outcome in outcomes:
        assert outcome.ref
        outcome.version = after.get(outcome.ref.id, 1)
        if outcome.status == "updated" and before.get(outcome.ref.id) == outcome.version:
            outcome.status = "unchanged"
    return outcomes


def one_by_one(change: Callable[[ReadRow, int, set[str]], None]) -> Callable[[Sequence[Known]], list[str]]:
    """The change of one known record, made of each by itself."""
    return lambda rows: [attempt(_changing(change, *known)) for known in rows]


def _changing(change: Callable[[ReadRow, int, set[str]], None], row: ReadRow, key: int, fields: set[str]) -> Callable[[], None]:
    return lambda: change(row, key, fields)


def offer_new(work: Work, about: str, near: Mapping[str, NearNames], reason: str) -> None:
    """Show new names that are near known ones."""
    work.values.extend(ValueChoice(about, name, 1, "create", "New", reason, found) for name, found in near.items())


def _names_of(row: ReadRow) -> set[str]:
    """What other rows may call this row: its ids and its name."""
    record = row.record
    return {text for text in (row.external_id, record.get("other_id", ""), same_key(record.get("name", ""))) if text}


def parent_of(row: ReadRow, by_name: Mapping[str, ReadRow], field: str = "parent") -> ReadRow | None:
    """The row of the file a row names as its parent."""
    record = row.record
    for text in (record.get(f"{field}_external_id", ""), record.get(field, ""), same_key(record.get(field, ""))):
        if text and (found := by_name.get(text)):
            return found
    return None


def index_rows(rows: Sequence[ReadRow]) -> dict[str, ReadRow]:
    """Rows by everything they may be called; the first keeps a name."""
    found: dict[str, ReadRow] = {}
    for row in rows:
        for name in _names_of(row):
            found.setdefault(name, row)
    return found


def parents_first(rows: Sequence[ReadRow], field: str) -> list[ReadRow]:
    """The rows in an order in which whatever is named as a parent stands before; members of a circle keep no parent."""
    by_name = index_rows(rows)
    ordered: list[ReadRow] = []
    state: dict[int, int] = {}
    for first in rows:
        trail: list[ReadRow] = []
        row: ReadRow | None = first
        while row is not None and state.get(row.number) is None:
            state[row.number] = 1
            trail.append(row)
            parent = parent_of(row, by_name, field)
            if parent is not None and state.get(parent.number) == 1:
                row.warn("", worded("Row {number} and its parent stand in a circle; it comes in without parent.", number=row.number), "circle")
                row.record.pop(field, None)
                row.record.pop(f"{field}_external_id", None)
                parent = None
            row = parent
        for done in reversed(trail):
            state[done.number] = 2
            ordered.append(done)
    return ordered


def levels_of(rows: Sequence[ReadRow], field: str = "parent") -> list[list[ReadRow]]:
    """Rows in portions that can be written at once: no row stands with its parent."""
    by_name = index_rows(rows)
    depth: dict[int, int] = {}
    levels: list[list[ReadRow]] = []
    for row in parents_first(rows, field):
        parent = parent_of(row, by_name, field)
        level = depth[parent.number] + 1 if parent and parent.number != row.number and parent.number in depth else 0
        depth[row.number] = level
        while len(levels) <= level:
            levels.append([])
        levels[level].append(row)
    return levels


def survey_parents(work: Work, rows: Sequence[ReadRow], word: str) -> None:
    """Say which companies are named as parents and stand neither in the file nor here."""
    by_name = index_rows(rows)
    named = [row for row in rows if row.record.get("parent") or row.record.get("parent_external_id")]
    known = Companies(work, [row.record for row in named], field="parent")
    for row in named:
        if parent_of(row, by_name) is None and known.find(row.record) is None:
            name = row.record.get("parent") or row.record["parent_external_id"]
            sentence = worded("Row {number}: the parent {word} “{name}” is neither in the file nor here; it was left empty.", number=row.number, word=word, name=name)
            row.warn("", sentence, "parent_missing")
