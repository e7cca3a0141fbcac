"""Calls, e-mails, chats, meetings and notes, hung on the records they name; what hangs on nothing is left out, and said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import find_communications_by_external
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.queries.projects import find_project_keys
from wonward.domains.sales.queries.deals import find_deals_by_name
from wonward.foundation.access.policy import visible_refs
from wonward.journeys.imports.operations.kinds.errands import body_of, moment_of, take_up
from wonward.journeys.imports.operations.matching import Companies, Contacts, People, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.meanings import COMMUNICATION_KINDS, DIRECTIONS, meaning_of
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.rules.words import same_key
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_KINDS_WITH_IDS = ("deals", "companies", "contacts", "projects", "tasks")


class CommunicationRows:
    """Rows of the communication log."""

    noun = "comms.communication"
    permissions: Mapping[str, str] = {"comms.communication.log": worded("add to the communication log")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        targets = _Targets(work, rows)
        known = _find_known(work, rows)
        for row in rows:
            if not targets.refs_of(row.record):
                row.stop("", worded("Row {number} names no record that is known here ({record}); import those first.", number=row.number, record=_named(row.record)), "unlinked")
            if not row.record.get("happened_at") and not row.record.get("due_date"):
                row.warn("", worded("Row {number} has no time; the time of the import is taken.", number=row.number), "no_time")
            if row.record.get("kind") and not meaning_of(COMMUNICATION_KINDS, row.record["kind"]):
                row.warn("", worded("Row {number}: “{kind}” is no known kind; it comes in as a note.", number=row.number, kind=row.record["kind"]), "unknown_kind")
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        targets, people = _Targets(work, rows), People(work)
        known = _find_known(work, rows)
        fresh = [row for row in rows if row.external_id not in known]
        written = write_each(
            lambda part: log_communications(actor=work.actor, entries=part, now=work.now),
            [_new(work, targets, people, row) for row in fresh],
        )
        take_up(work, people, [(row, targets.refs_of(row.record)) for row, key in zip(fresh, written, strict=True) if isinstance(key, int)])
        outcomes = [
            Outcome(row, "created", Ref(self.noun, key)) if isinstance(key, int)
            else Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
            for row, key in zip(fresh, written, strict=True)
        ]
        outcomes += [
            Outcome(row, "unchanged", Ref(self.noun, known[row.external_id][0]), version=known[row.external_id][1])
            for row in rows
            if row.external_id in known
        ]
        return outcomes


def _find_known(work: Work, rows: Sequence[ReadRow]) -> dict[str, tuple[int, int]]:
    known: dict[str, tuple[int, int]] = {}
    for part in in_parts(row.external_id for row in rows):
        known |= find_communications_by_external(work.source, part)
    return known


def _ids(record: Record, field: str) -> list[str]:
    text = str(record.get(field, ""))
    return [one.strip() for one in text.replace(",", ";").split(";") if one.strip()]


def _named(record: Record) -> str:
    fields = ("company", "company_external_id", "company_domain", "contact", "contact_email", "contact_external_id", "deal",
              "deal_external_id", "project", "project_external_id", "related_external_id")
    return ", ".join(str(record[name])[:60] for name in fields if record.get(name)) or worded("no company, contact, deal or project")


class _Targets:
    """The records that entries may hang on, as far as the actor sees them."""

    def __init__(self, work: Work, rows: Sequence[ReadRow]) -> None:
        records = [row.record for row in rows]
        self._companies = Companies(work, records)
        self._contacts = Contacts(work, records)
        wanted = {field: [one for record in records for one in _ids(record, field)] for field in
                  ("deal_external_id", "project_external_id", "related_external_id")}
        self._deal_ids = _ledger(work, ["deals"], wanted["deal_external_id"])
        self._project_ids = _ledger(work, ["projects"], wanted["project_external_id"])
        self._related_ids = _ledger(work, _KINDS_WITH_IDS, wanted["related_external_id"])
        self._deals: dict[str, int] = {}
        for part in in_parts(record.get("deal", "") for record in records):
            for key, name in find_deals_by_name(actor=work.actor, names=part):
                self._deals.setdefault(same_key(name), key)
        self._projects: dict[str, int] = {}
        for part in in_parts(record.get("project", "") for record in records):
            for key, name in find_project_keys(actor=work.actor, names=part):
                self._projects.setdefault(same_key(name), key)

    def refs_of(self, record: Record) -> tuple[Ref, ...]:
        """Every known record an entry names, each once."""
        refs: dict[Ref, None] = {}
        company_id = self._companies.find(record)
        if company_id:
            refs[Ref("clients.company", company_id)] = None
        if contact_id := self.contact_of(record):
            refs[Ref("clients.contact", contact_id)] = None
        for field, ledger in (("deal_external_id", self._deal_ids), ("project_external_id", self._project_ids),
                              ("related_external_id", self._related_ids)):
            refs |= dict.fromkeys(ledger[one] for one in _ids(record, field) if one in ledger)
        if deal_id := self._deals.get(same_key(record.get("deal", ""))):
            refs[Ref("sales.deal", deal_id)] = None
        if project_id := self._projects.get(same_key(record.get("project", ""))):
            refs[Ref("delivery.project", project_id)] = None
        return tuple(refs)

    def contact_of(self, record: Record) -> int | None:
        """The contact an entry was with."""
        return self._contacts.find(record, self._companies.find(record))


def _ledger(work: Work, kinds: Iterable[str], ids: Sequence[str]) -> dict[str, Ref]:
    found: dict[str, Ref] = {}
    for kind in kinds:
        for key, entry in find_ledger(kind=kind, source=work.source, external_ids=ids).items():
            found.setdefault(key, Ref(entry.noun, entry.ref_id))
    seen: set[Ref] = set()
    refs = sorted(set(found.values()))
    for start in range(0, len(refs), 400):
        seen |= visible_refs(work.actor, refs[start : start + 400])
    return {key: ref for key, ref in found.items() if ref in seen}


def _new(work: Work, targets: _Targets, people: People, row: ReadRow) -> NewCommunication:
    record = row.record
    moment = moment_of(work, record)
    author = people.find(record, "author")
    contact_id = targets.contact_of(record)
    participants = [NewParticipant(person_id=author.id)] if author else []
    if not author and record.get("author"):
        participants = [NewParticipant(name=record["author"])]
    if contact_id:
        participants.append(NewParticipant(contact_id=contact_id))
    kind = meaning_of(COMMUNICATION_KINDS, record.get("kind", "")) or "note"
    return NewCommunication(
        kind=CommunicationKind(kind), refs=targets.refs_of(record), body=body_of(work, record), subject=record.get("subject", ""),
        happened_at=moment,
        direction=meaning_of(DIRECTIONS, record.get("direction", "")), participants=tuple(participants),
        external_source=work.source, external_id=row.external_id,
    )
