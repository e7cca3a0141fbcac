"""Adding to the log and hanging entries on further records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from wonward.domains.clients.queries import find_merged, visible_contacts
from wonward.domains.comms import events
from wonward.domains.comms.models import Communication, CommunicationLink, Mention, Participant
from wonward.domains.comms.queries import communications_among
from wonward.domains.comms.rules import find_mentioned
from wonward.domains.comms.types import NewCommunication
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.foundation.access.policy import require, require_change, visible_refs
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.events.operations import publish
from wonward.foundation.files.operations import move_attached
from wonward.foundation.files.types import Privacy
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_LINK_AS_WELL = """
INSERT INTO comms_communicationlink (communication_id, noun, ref_id, happened_at)
SELECT communication_id, %s, CAST(%s AS bigint), happened_at FROM comms_communicationlink
WHERE noun = %s AND ref_id = %s ORDER BY id
ON CONFLICT DO NOTHING
"""
PRIVACIES = ("internal", "client", "restricted")


@transaction.atomic
def log_communications(*, actor: Actor, entries: Sequence[NewCommunication], now: datetime) -> list[int]:
    """Add entries; each needs words and at least one record the actor sees. Returns their ids in order."""
    require(actor, "comms.communication.log")
    _check(actor, entries)
    rows = [
        Communication(
            kind=entry.kind.value, subject=entry.subject.strip()[:300], body=entry.body.strip(), direction=entry.direction,
            privacy=entry.privacy, happened_at=entry.happened_at, author_id=actor.person_id, author_label=actor.label,
            is_automatic=entry.is_automatic, external_source=entry.external_source, external_id=entry.external_id,
            created_at=now, updated_at=now,
        )
        for entry in entries
    ]
    Communication.objects.bulk_create(rows, batch_size=500)
    pairs = list(zip(rows, entries, strict=True))
    CommunicationLink.objects.bulk_create(
        [
            CommunicationLink(communication=row, noun=ref.noun, ref_id=ref.id, happened_at=entry.happened_at)
            for row, entry in pairs
            for ref in dict.fromkeys(entry.refs)
        ],
        batch_size=500,
    )
    Participant.objects.bulk_create(
        [
            Participant(
                communication=row, contact_id=who.contact_id, person_id=who.person_id, name=who.name[:200], address=who.address[:254]
            )
            for row, entry in pairs
            for who in entry.participants
        ],
        batch_size=500,
    )
    _note_mentions(pairs)
    record_changes(
        actor=actor, operation="comms.communication.log", now=now,
        changes=[Change(Ref("comms.communication", row.pk), {"kind": [None, row.kind]}) for row in rows],
    )
    refs = list(dict.fromkeys(str(ref) for entry in entries for ref in entry.refs))
    if rows:
        publish(events.CommunicationLogged(communication_ids=[row.pk for row in rows], refs=refs[: events.MOST_REFS]), actor=actor, now=now)
    return [row.pk for row in rows]


def _note_mentions(pairs: Sequence[tuple[Communication, NewCommunication]]) -> None:
    """Remember who is named in what people write here; words that were imported or made by the product call nobody."""
    written = [row for row, entry in pairs if not entry.is_automatic and not entry.external_id and "@" in entry.body]
    if not written:
        return
    names = {person.id: person.name for person in list_people(actor=system_actor())}
    Mention.objects.bulk_create(
        Mention(communication=row, person_id=person_id)
        for row in written
        for person_id in sorted(find_mentioned(row.body, names))
    )


def _merged_errors(merged: Mapping[Ref, str], named: Mapping[str, Ref]) -> list[FieldError]:
    """Where an entry names a record that somebody merged into another one meanwhile: hung there nobody would find it."""
    return [
        FieldError(field, worded("“{name}” has been merged in the meantime.", name=merged[ref]), "merged") for field, ref in named.items() if ref in merged
    ]


def _check(actor: Actor, entries: Sequence[NewCommunication]) -> None:
    many = len(entries) > 1
    errors = []
    seen = visible_refs(actor, {ref for entry in entries for ref in entry.refs})
    contacts = {who.contact_id for entry in entries for who in entry.participants if who.contact_id}
    known = set(visible_contacts(actor).filter(pk__in=contacts).values_list("pk", flat=True)) if contacts else set()
    merged = find_merged({ref for entry in entries for ref in entry.refs} | {Ref("clients.contact", key) for key in contacts})
    people = {who.person_id for entry in entries for who in entry.participants if who.person_id}
    colleagues = get_person_names(people)
    for index, entry in enumerate(entries):
        at = f"entries[{index}]." if many else ""
        if not entry.body.strip() and not entry.subject.strip():
            errors.append(FieldError(f"{at}body", "Write what was said.", "required"))
        if not entry.refs:
            errors.append(FieldError(f"{at}refs", "Name at least one record this belongs to.", "required"))
        if entry.privacy not in PRIVACIES:
            errors.append(FieldError(f"{at}privacy", worded("“{privacy}” is not a privacy level.", privacy=entry.privacy)))
        if not 1900 <= entry.happened_at.year < 2200:
            errors.append(FieldError(f"{at}happened_at", worded("“{bare}” lies outside the years 1900 to 2200.", bare=entry.happened_at.date()), "range"))
        errors.extend(
            FieldError(f"{at}refs[{place}]", worded("There is no record {ref} that you can see.", ref=ref), "unknown")
            for place, ref in enumerate(entry.refs)
            if ref not in seen
        )
        errors.extend(
            FieldError(f"{at}participants[{place}].contact_id", worded("There is no contact {contact_id} that you can see.", contact_id=who.contact_id), "unknown")
            for place, who in enumerate(entry.participants)
            if who.contact_id and who.contact_id not in known
        )
        errors.extend(_merged_errors(merged, {f"{at}refs[{place}]": ref for place, ref in enumerate(entry.refs)}))
        errors.extend(_merged_errors(merged, {
            f"{at}participants[{place}].contact_id": Ref("clients.contact", who.contact_id) for place, who in enumerate(entry.participants) if who.contact_id
        }))
        errors.extend(
            FieldError(f"{at}participants[{place}].person_id", worded("There is no colleague {person_id}.", person_id=who.person_id), "unknown")
            for place, who in enumerate(entry.participants)
            if who.person_id and who.person_id not in colleagues
        )
    if errors:
        raise Refused(errors[0].words, errors)


@transaction.atomic(savepoint=False)
def link_communications(*, source: Ref, target: Ref, now: datetime) -> int:
    """Hang every entry of the source on the target as well; returns how many were not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LINK_AS_WELL, [target.noun, target.id, source.noun, source.id])
        return cursor.rowcount


@transaction.atomic(savepoint=False)
def hang_further(*, communication_ids: Collection[int], targets: Collection[Ref]) -> None:
    """Hang these entries on the targets as well, where they do not hang yet."""
    links = [
        CommunicationLink(communication_id=key, noun=target.noun, ref_id=target.id, happened_at=at)
        for key, at in Communication.objects.filter(pk__in=communication_ids).order_by("pk").values_list("pk", "happened_at")
        for target in targets
    ]
    CommunicationLink.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)


@transaction.atomic
def refile_communication(
    *, actor: Actor, communication_id: int, refs: Sequence[Ref], privacy: str | None = None, version: int | None = None, now: datetime
) -> None:
    """Hang an entry on these records instead of those it hung on, perhaps with another privacy; its words stay, its files go along.

    Records of the entry that the actor does not see keep it. Only its author, or somebody who may file everybody's words, moves it.
    """
    require(actor, "comms.communication.log")
    if not communications_among(actor=actor, communication_ids=[communication_id]):
        raise NotFound("communication", communication_id)
    entry = Communication.objects.select_for_update(of=("self",)).get(pk=communication_id)
    require_change(actor, "comms.communication.refile", person_ids=[entry.author_id])
    if version is not None and version != entry.version:
        raise Stale("This entry was changed by somebody else in the meantime.", current={"privacy": entry.privacy}, yours={"privacy": privacy})
    former = [Ref(noun, key) for noun, key in entry.links.order_by("pk").values_list("noun", "ref_id")]
    wanted, seen = list(dict.fromkeys(refs)), visible_refs(actor, {*refs, *former})
    errors = [FieldError(f"refs[{place}]", worded("There is no record {ref} that you can see.", ref=ref), "unknown") for place, ref in enumerate(wanted) if ref not in seen]
    errors += _merged_errors(find_merged({*wanted} - {*former}), {f"refs[{place}]": ref for place, ref in enumerate(wanted)})
    if not wanted:
        errors.append(FieldError("refs", "Name at least one record this belongs to.", "required"))
    if privacy is not None and privacy not in PRIVACIES:
        errors.append(FieldError("privacy", worded("“{privacy}” is not a privacy level.", privacy=privacy)))
    if errors:
        raise Refused(errors[0].words, errors)
    after = [ref for ref in former if ref not in seen or ref in wanted] + [ref for ref in wanted if ref not in former]
    level = entry.privacy if privacy is None else privacy
    if set(after) == set(former) and level == entry.privacy:
        return
    _move_links(entry, former, after)
    former_level = entry.privacy
    changes: dict[str, list[Any]] = {"refs": [[str(ref) for ref in former], [str(ref) for ref in after]], "privacy": [former_level, level]}
    entry.privacy, entry.version, entry.updated_at = level, entry.version + 1, now
    entry.save(update_fields=["privacy", "version", "updated_at"])
    files = move_attached(
        actor=actor, carrier=Ref("comms.communication", entry.pk), left=[ref for ref in former if ref not in after],
        joined=[ref for ref in after if ref not in former], privacy=(Privacy(former_level), Privacy(level)), now=now,
    )
    moved = Change(Ref("comms.communication", entry.pk), {name: pair for name, pair in changes.items() if pair[0] != pair[1]})
    record_changes(
        actor=actor, operation="comms.communication.refile", now=now,
        changes=[moved, *(Change(Ref("files.document", key), told) for key, told in files.items())],
    )
    both = [str(ref) for ref in dict.fromkeys([*former, *after])]
    publish(events.CommunicationRefiled(communication_ids=[entry.pk], refs=both), actor=actor, now=now)


def _move_links(entry: Communication, former: Sequence[Ref], after: Sequence[Ref]) -> None:
    for ref in former:
        if ref not in after:
            entry.links.filter(noun=ref.noun, ref_id=ref.id).delete()
    CommunicationLink.objects.bulk_create(
        CommunicationLink(communication=entry, noun=ref.noun, ref_id=ref.id, happened_at=entry.happened_at) for ref in after if ref not in former
    )


@transaction.atomic
def erase_communications(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Take imported entries back that the actor added and that are still at the given version; returns those erased."""
    require(actor, "comms.communication.log")
    found = Communication.objects.filter(pk__in=versions).exclude(external_id="")
    if not actor.is_system:
        found = found.filter(author_id=actor.person_id)
    ids = {key for key, version in found.values_list("pk", "version") if version == versions[key]}
    links = CommunicationLink.objects.filter(communication__in=ids).order_by("pk")
    refs = dict.fromkeys(str(Ref(noun, ref_id)) for noun, ref_id in links.values_list("noun", "ref_id"))
    Communication.objects.filter(pk__in=ids).delete()
    record_changes(
        actor=actor, operation="comms.communication.erase", now=now,
        changes=[Change(Ref("comms.communication", key), {"erased_at": [None, now]}) for key in sorted(ids)],
    )
    if ids:
        publish(events.CommunicationErased(communication_ids=sorted(ids), refs=list(refs)), actor=actor, now=now)
    return ids
