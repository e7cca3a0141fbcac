"""Adding to the log and hanging entries on further records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.queries import visible_contacts
from wonward.domains.comms import events
from wonward.domains.comms.models import Communication, CommunicationLink, Mention, Participant
from wonward.domains.comms.rules import find_mentioned
from wonward.domains.comms.types import NewCommunication
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref

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
        publish(events.CommunicationLogged(communication_ids=[row.pk for row in rows], refs=refs[:500]), actor=actor, now=now)
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


def _check(actor: Actor, entries: Sequence[NewCommunication]) -> None:
    many = len(entries) > 1
    errors = []
    seen = visible_refs(actor, {ref for entry in entries for ref in entry.refs})
    contacts = {who.contact_id for entry in entries for who in entry.participants if who.contact_id}
    known = set(visible_contacts(actor).filter(pk__in=contacts).values_list("pk", flat=True)) if contacts else set()
    people = {who.person_id for entry in entries for who in entry.participants if who.person_id}
    colleagues = get_person_names(people)
    for index, entry in enumerate(entries):
        at = f"entries[{index}]." if many else ""
        if not entry.body.strip() and not entry.subject.strip():
            errors.append(FieldError(f"{at}body", "Write what was said.", "required"))
        if not entry.refs:
            errors.append(FieldError(f"{at}refs", "Name at least one record this belongs to.", "required"))
        if entry.privacy not in PRIVACIES:
            errors.append(FieldError(f"{at}privacy", f"“{entry.privacy}” is not a privacy level."))
        errors.extend(
            FieldError(f"{at}refs[{place}]", f"There is no record {ref} that you can see.", "unknown")
            for place, ref in enumerate(entry.refs)
            if ref not in seen
        )
        errors.extend(
            FieldError(f"{at}participants[{place}].contact_id", f"There is no contact {who.contact_id} that you can see.", "unknown")
            for place, who in enumerate(entry.participants)
            if who.contact_id and who.contact_id not in known
        )
        errors.extend(
            FieldError(f"{at}participants[{place}].person_id", f"There is no colleague {who.person_id}.", "unknown")
            for place, who in enumerate(entry.participants)
            if who.person_id and who.person_id not in colleagues
        )
    if errors:
        raise Refused(errors[0].message, errors)


@transaction.atomic
def link_communications(*, source: Ref, target: Ref, now: datetime) -> int:
    """Hang every entry of the source on the target as well; returns how many."""
    links = CommunicationLink.objects.filter(noun=source.noun, ref_id=source.id).order_by("pk")
    rows = [
        CommunicationLink(communication_id=key, noun=target.noun, ref_id=target.id, happened_at=at)
        for key, at in links.values_list("communication_id", "happened_at")
    ]
    CommunicationLink.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def erase_communications(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Take imported entries back that the actor added and that are still at the given version; returns those erased."""
    require(actor, "comms.communication.log")
    found = Communication.objects.filter(pk__in=versions).exclude(external_id="")
    if not actor.is_system:
        found = found.filter(author_id=actor.person_id)
    ids = {key for key, version in found.values_list("pk", "version") if version == versions[key]}
    Communication.objects.filter(pk__in=ids).delete()
    record_changes(
        actor=actor, operation="comms.communication.erase", now=now,
        changes=[Change(Ref("comms.communication", key), {"erased_at": [None, now]}) for key in sorted(ids)],
    )
    return ids
