"""Every place where something of a person lies: their own rows, rows about them, and words in any text of any table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wonward.foundation.access.policy import can_see, known_nouns, require, visible_refs
from wonward.foundation.database.queries import list_tables, list_texts, read_rows
from wonward.foundation.database.types import Table
from wonward.foundation.files.queries import list_contents
from wonward.foundation.files.storage import current_storage
from wonward.foundation.search.rules import fold
from wonward.journeys.house.rules.erasing import LEAD_WORDS, NOBODY, holds, parts_of_name, pattern_of, without
from wonward.journeys.house.rules.sample import table_of
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

CONTACT = "clients.contact"
_POINT, _LEAD, _AUDIT = "clients.contactpoint", "sales.lead", "audit.auditentry"
_COMMUNICATION = "comms.communication"
_DOCUMENT, _DOCUMENT_LINK, _BLOB = "files.document", "files.documentlink", "files.blob"
# Who others are: a namesake is not the person.
_OTHERS = frozenset({CONTACT, _POINT, "staff.person", "access.user"})
# What the law or the seal of a document asks to keep, and why.
KEPT = {
    "sales.contract": "contract", "handoff.scopebaseline": "sealed", "sales.proposalversion": "contract", "finance.invoice": "invoice",
}
_ABOUT = frozenset({"custom_fields.fieldvalue", "search.entry", "notifications.thread", "notifications.follower", "notifications.reminder"})
_LARGEST_TEXT = 5_000_000
Node = tuple[str, Any]


def is_erased(*, contact_id: int) -> bool:
    """Whether nothing but a shell is left of a contact."""
    return any(row["name"] == NOBODY for row in read_rows(CONTACT, columns=["name"], where={"id": contact_id}))


@dataclass(slots=True)
class Traces:
    """`removed` rows go, `rewritten` columns lose the words, `kept` rows stay by law with why; `contents` are files that go.

    `unread` counts files that hold the words, and hang on other records too: people decide about them.
    """

    contact_ids: list[int]
    words: list[str] = field(default_factory=list)
    removed: dict[str, set[Any]] = field(default_factory=dict)
    rewritten: dict[Node, dict[str, Any]] = field(default_factory=dict)
    kept: dict[Node, str] = field(default_factory=dict)
    contents: set[str] = field(default_factory=set)
    unread: int = 0

    def counts(self) -> dict[str, int]:
        """How many rows of each table something is taken from."""
        found = {name: len(keys) for name, keys in self.removed.items() if keys}
        for name, _ in self.rewritten:
            found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items()))


def require_person(*, actor: Actor, contact_id: int) -> None:
    """The right to handle what is known of a person whom the actor sees; NotFound when they do not."""
    require(actor, "house.person.erase")
    if not can_see(actor, Ref(CONTACT, contact_id)):
        raise NotFound("contact", contact_id)


def find_traces(*, contact_id: int) -> Traces:
    """Look through every table and file. Whoever asks has been shown to have the right."""
    tables = {table.name: table for table in list_tables(with_passing=True)}
    found = Traces(_with_merged(contact_id))
    people = list(read_rows(CONTACT, where={"id": found.contact_ids}))
    if not people:
        raise NotFound("contact", contact_id)
    points = list(read_rows(_POINT, where={"contact_id": found.contact_ids}))
    emails = [one["value"] for one in points if one["kind"] == "email"]
    leads = {one["id"]: one for one in (*read_rows(_LEAD, where={"contact_id": found.contact_ids}), *read_rows(_LEAD, where={"email": emails}))}
    names = {one["name"] for one in (*people, *leads.values())} - {NOBODY}
    exact = {one[name] for one in points for name in ("value", "normalised")} | {one[name] for one in leads.values() for name in ("email", "phone")}
    found.words = sorted(word for word in names | exact if word)
    near = _rows_near(tables, found, leads)
    _take_own_rows(tables, found)
    _take_documents(found)
    shell = dict.fromkeys(list_texts()[CONTACT], "") | {"name": NOBODY}
    found.rewritten |= {(CONTACT, key): shell for key in found.contact_ids}
    for key in leads:
        found.rewritten[(_LEAD, key)] = dict.fromkeys(LEAD_WORDS, "") | {"name": NOBODY}
    shared = names_of_others(names, contact_ids=found.contact_ids)
    everywhere = pattern_of(exact | {fold(word) for word in exact} | (names - shared) | {fold(name) for name in names - shared})
    closely = pattern_of(exact | names | {fold(name) for name in names} | {part for name in names for part in parts_of_name(name)})
    scan(found, near, everywhere, closely)
    return found


def _with_merged(contact_id: int) -> list[int]:
    """The contact, and those that became one with it."""
    ids, more = [contact_id], [contact_id]
    while more:
        more = [row["id"] for row in read_rows(CONTACT, columns=["id"], where={"merged_into_id": more}) if row["id"] not in ids]
        ids += more
    return ids


def names_of_others(names: set[str], *, contact_ids: Collection[int] = (), person_ids: Collection[int] = (), user_ids: Collection[int] = ()) -> set[str]:
    """Names that somebody else bears too; they are taken out only where a text is surely about the person."""
    folded = {fold(name): name for name in names}
    borne = {fold(row["name"]) for row in read_rows(CONTACT, columns=["id", "name"]) if row["id"] not in contact_ids}
    for table, own in (("staff.person", person_ids), ("access.user", user_ids)):
        borne |= {fold(row["name"]) for row in read_rows(table, columns=["id", "name"]) if row["id"] not in own}
    return {name for words, name in folded.items() if words in borne}


def _rows_near(tables: Mapping[str, Table], found: Traces, leads: Iterable[int]) -> set[Node]:
    """Rows about the person: those that point to them, what was said with them, and what points to that."""
    near: set[Node] = {(CONTACT, key) for key in found.contact_ids} | {(_LEAD, key) for key in leads}
    for is_first in (True, False):
        fresh: set[Node] = set()
        for name, table in tables.items():
            columns = [table.key, *table.links, *(column for pair in table.references for column in (pair.noun, pair.id))]
            for row in read_rows(name, columns=list(dict.fromkeys(columns))):
                node = (name, row[table.key])
                named = {(row[pair.noun], row[pair.id]) for pair in table.references}
                if any((target, row[column]) in near for column, target in table.links.items()) or named & near:
                    fresh.add(node)
                    if is_first:
                        fresh |= {(_COMMUNICATION, row[column]) for column in table.owned if table.links[column] == _COMMUNICATION}
        near |= {node for node in fresh if node[0] not in _OTHERS and node[0].partition(".")[0] not in ("access", "staff")}
    return near


def _take_own_rows(tables: Mapping[str, Table], found: Traces) -> None:
    for name, table in tables.items():
        for column in table.owned:
            if table.links[column] == CONTACT:
                found.removed.setdefault(name, set()).update(
                    row[table.key] for row in read_rows(name, columns=[table.key], where={column: found.contact_ids})
                )
        if name in _ABOUT:
            pair = table.references[0] if table.references else None
            where = {pair.noun: CONTACT, pair.id: found.contact_ids} if pair else {"field__noun": CONTACT, "ref_id": found.contact_ids}
            found.removed.setdefault(name, set()).update(row[table.key] for row in read_rows(name, columns=[table.key], where=where))
    threads = list(found.removed.get("notifications.thread", ()))
    notices = read_rows("notifications.notification", columns=["id"], where={"thread_id": threads})
    found.removed.setdefault("notifications.notification", set()).update(row["id"] for row in notices)
    for column in ("first_id", "second_id"):
        pairs = read_rows("clients.duplicatepair", columns=["id"], where={"noun": CONTACT, column: found.contact_ids})
        found.removed.setdefault("clients.duplicatepair", set()).update(row["id"] for row in pairs)


def _take_documents(found: Traces) -> None:
    """Documents that hang on nobody else go with their content; from others the person is taken off."""
    links = list(read_rows(_DOCUMENT_LINK, where={"ref_noun": CONTACT, "ref_id": found.contact_ids}))
    found.removed[_DOCUMENT_LINK] = {link["id"] for link in links}
    own = {link["document_id"] for link in links}
    shared = {
        row["document_id"] for row in read_rows(_DOCUMENT_LINK, where={"document_id": list(own)}) if row["id"] not in found.removed[_DOCUMENT_LINK]
    }
    found.removed[_DOCUMENT] = own - shared
    blobs = {row["blob_id"] for row in read_rows(_DOCUMENT, where={"id": list(own - shared)})}
    used = {row["blob_id"] for row in read_rows(_DOCUMENT, where={"blob_id": list(blobs)}) if row["id"] not in found.removed[_DOCUMENT]}
    found.removed[_BLOB] = blobs - used
    found.contents = {row["sha256"] for row in read_rows(_BLOB, where={"id": list(blobs - used)})}


def scan(found: Traces, near: set[Node], everywhere: re.Pattern[str] | None, closely: re.Pattern[str] | None) -> None:
    """Every text of every table, and the files that stay: words of rows near the person by one pattern, of all others by the other."""
    contracted = {row["proposal_id"] for row in read_rows("sales.contract", columns=["proposal_id"])}
    for name, columns in list_texts().items():
        for row in _rows_of(name, columns):
            node = (name, row["pk"])
            pattern = closely if node in near else everywhere
            if pattern is None or node[1] in found.removed.get(name, ()) or (name in _OTHERS and node not in found.rewritten):
                continue
            spoken = [column for column in columns if holds(row[column], pattern)]
            if name == _AUDIT:
                _note_audit(found, node, row, spoken)
            elif name in KEPT and (name != "sales.proposalversion" or row["proposal_id"] in contracted):
                if spoken:
                    found.kept[node] = KEPT[name]
            elif spoken and node not in found.rewritten:
                found.rewritten[node] = {column: without(row[column], pattern) for column in spoken}
    if everywhere is not None:
        found.unread = _files_with(everywhere, found.contents)


def _rows_of(name: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    more = {_AUDIT: ["noun", "ref_id"], "sales.proposalversion": ["proposal_id"]}.get(name, [])
    return read_rows(name, columns=list(dict.fromkeys(["pk", *columns, *more])))


def _note_audit(found: Traces, node: Node, row: Mapping[str, Any], spoken: list[str]) -> None:
    """The values of a change may go, its seal stays; who acted is sealed."""
    if row["changes"] is not None and ("changes" in spoken or (row["noun"] == CONTACT and row["ref_id"] in found.contact_ids)):
        found.rewritten[node] = {"changes": None}
    if set(spoken) - {"changes"}:
        found.kept[node] = "sealed"


def _files_with(pattern: re.Pattern[str], going: set[str]) -> int:
    """How many contents that stay hold the words as plain text."""
    count = 0
    for sha256 in list_contents():
        size = current_storage().find_size(sha256)
        if sha256 not in going and size is not None and size <= _LARGEST_TEXT:
            with current_storage().open(sha256) as stream:
                count += bool(pattern.search(stream.read().decode("utf-8", "ignore")))
    return count


def visible_rows(actor: Actor, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows that are, point to and name only what the actor sees."""
    nouns = {table_of(noun): noun for noun in known_nouns()}
    about: list[set[Ref]] = []
    for row in rows:
        targets = [(table.name, row[table.key]), *((target, row[column]) for column, target in table.links.items())]
        refs = {Ref(nouns[name], key) for name, key in targets if name in nouns and key is not None}
        refs |= {Ref(row[pair.noun], row[pair.id]) for pair in table.references if row[pair.noun] and row[pair.id]}
        about.append({ref for ref in refs if ref.noun in nouns.values()})
    seen = visible_refs(actor, {ref for refs in about for ref in refs})
    return [row for row, refs in zip(rows, about, strict=True) if refs <= seen]


def tell_traces(found: Traces) -> dict[str, Any]:
    """What was found in numbers, without a word of the person."""
    kept: dict[str, int] = {}
    for (name, _), why in found.kept.items():
        kept[f"{name}:{why}"] = kept.get(f"{name}:{why}", 0) + 1
    return {"places": found.counts(), "kept": dict(sorted(kept.items())), "files": len(found.contents), "unread": found.unread}
