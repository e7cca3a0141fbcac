"""An e-mail as it arrived becomes an entry of the log, with its files beside it, where it belongs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from wonward.domains.clients.queries import contact_rows, find_contacts_by_email, list_parts, visible_contacts
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import (
    communications_among,
    find_communications,
    find_communications_by_external,
)
from wonward.domains.comms.types import TAKEN_IN, CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.queries import find_people_by_email
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import Privacy, StoredBlob
from wonward.foundation.mail.queries import find_sent_about
from wonward.foundation.mail.reading import Mailbox, ReceivedEmail, read_email
from wonward.journeys.client_record.types import ArrivedEmail, TakenIn
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import Sentence, worded

MOST_FILES, MOST_RECORDS, MOST_NAMED = 100, 30, 100
_OWN_CLOCK_OFF = timedelta(days=1)
_CLOSED = frozenset({"done", "cancelled"})
_TRIES = 3


def store_email(*, actor: Actor, content: bytes) -> ArrivedEmail:
    """Read an e-mail and store it with its files, outside any transaction. Refused when it is none; nothing is logged yet."""
    _require_rights(actor)
    email = read_email(content, limit_bytes=settings.UPLOAD_LIMIT_BYTES)
    if len(email.attachments) > MOST_FILES:
        raise Refused.field("file", worded("The e-mail brings more than {most} files.", most=MOST_FILES), "too_many")
    source = put_stream(io.BytesIO(content))
    files = tuple((one.name, put_stream(io.BytesIO(one.content))) for one in email.attachments)
    return ArrivedEmail(email, source, files)


@transaction.atomic
def take_in_email(
    *, actor: Actor, arrived: ArrivedEmail, refs: Sequence[Ref] = (), privacy: str = "internal", now: datetime
) -> TakenIn:
    """Log an e-mail that `store_email` read on the records named, with the whole of it and its files as documents.

    Without records it hangs where the e-mail it answers hangs, else on the contacts found by their addresses, their companies, and
    the open deals and projects in which they play a part, as far as the actor sees them and at most MOST_RECORDS. Refused, naming the
    sender, when that is none. The same e-mail again writes nothing and leads to the entry that is there. An entry that the actor does
    not see is none for them: they log the e-mail for themselves.
    """
    _require_rights(actor)
    keys = _keys_of(actor, arrived)
    for _ in range(_TRIES):
        known, free = _find_taken_in(actor, keys)
        if known is not None:
            return TakenIn(known, False, ())
        if free is None:
            raise Conflict("You have taken in this e-mail already; the entry was moved to records that you do not see.")
        try:
            with transaction.atomic():
                return _log(actor, arrived, list(dict.fromkeys(refs)), privacy, free, now)
        except IntegrityError:
            continue
    raise Conflict("This e-mail is being taken in by somebody else at this moment. Please try again.")


def _require_rights(actor: Actor) -> None:
    require(actor, "comms.communication.log")
    require(actor, "files.document.add")


def _keys_of(actor: Actor, arrived: ArrivedEmail) -> list[str]:
    """What tells the e-mail from others, and what tells it from the same e-mail in an entry that the actor does not see."""
    key = _key_of(arrived.email.message_id) if arrived.email.message_id else f"bytes:{arrived.source.sha256}"
    return [key, *_own([key], actor)]


def _key_of(message_id: str) -> str:
    return f"id:{hashlib.sha256(message_id.encode()).hexdigest()}"


def _own(keys: Iterable[str], actor: Actor) -> list[str]:
    return [f"{key}:{actor.person_id}" for key in keys] if actor.person_id is not None else []


def _find_taken_in(actor: Actor, keys: Sequence[str]) -> tuple[int | None, str | None]:
    """The entry that is there and the actor sees; else the first key that is free."""
    found = find_communications_by_external(TAKEN_IN, keys)
    seen = communications_among(actor=actor, communication_ids=[key for key, _version in found.values()])
    for key in keys:
        if key in found and found[key][0] in seen:
            return found[key][0], None
    return None, next((key for key in keys if key not in found), None)


def _log(actor: Actor, arrived: ArrivedEmail, named: list[Ref], privacy: str, key: str, now: datetime) -> TakenIn:
    email = arrived.email
    people = [*([email.sender] if email.sender else []), *email.recipients]
    addresses = {one.address for one in people if one.address}
    contacts, ours = find_contacts_by_email(actor=actor, emails=addresses), find_people_by_email(addresses)
    homes = named[:MOST_NAMED] or _homes(actor, email, contacts)
    if not homes:
        raise Refused.field("refs", _nobody_known(email), "unknown")
    happened_at, remarks = _moment(email, now)
    entry = NewCommunication(
        CommunicationKind.EMAIL, tuple(homes), email.words or _said_by_files(email), happened_at, subject=email.subject,
        direction="out" if email.sender and email.sender.address in ours else "in", privacy=privacy,
        participants=_participants(people, contacts, ours), is_automatic=email.is_automatic, external_source=TAKEN_IN, external_id=key,
    )
    (entry_id,) = log_communications(actor=actor, entries=[entry], now=now)
    places = [*homes, Ref("comms.communication", entry_id)]
    for name, stored in [(_name_of(email), arrived.source), *arrived.files]:
        _file(actor, name, stored, places, Privacy(privacy), happened_at, now)
    return TakenIn(entry_id, True, (*email.remarks, *remarks))


def _file(actor: Actor, name: str, stored: StoredBlob, places: list[Ref], privacy: Privacy, at: datetime, now: datetime) -> None:
    add_document(actor=actor, name=name, stored=stored, refs=places, privacy=privacy, now=now, happened_at=at)


def _homes(actor: Actor, email: ReceivedEmail, contacts: dict[str, int]) -> list[Ref]:
    return _homes_of_earlier(actor, email) or _homes_of_people(actor, sorted(set(contacts.values())))


def _homes_of_earlier(actor: Actor, email: ReceivedEmail) -> list[Ref]:
    """Where the nearest e-mail hangs that this one answers: one that was taken in, or one that Wonward sent."""
    keys = [_key_of(one) for one in email.earlier_ids]
    found = find_communications_by_external(TAKEN_IN, [*keys, *_own(keys, actor)])
    entries = {row.id: row for row in find_communications(actor=actor, communication_ids=[key for key, _version in found.values()])}
    sent = find_sent_about(email.earlier_ids)
    for message_id, key in zip(email.earlier_ids, keys, strict=True):
        for one in (key, *_own([key], actor)):
            if one in found and found[one][0] in entries:
                return list(entries[found[one][0]].refs)
        if message_id in sent and visible_refs(actor, [sent[message_id]]):
            return [sent[message_id]]
    return []


def _homes_of_people(actor: Actor, contact_ids: Sequence[int]) -> list[Ref]:
    if not contact_ids:
        return []
    rows = contact_rows(actor, visible_contacts(actor).filter(pk__in=contact_ids[:MOST_RECORDS]).order_by("pk"))
    homes = [Ref("clients.contact", row.id) for row in rows]
    companies = [Ref("clients.company", row.company_id) for row in rows if row.company_id is not None]
    seen = visible_refs(actor, companies)
    homes += [ref for ref in dict.fromkeys(companies) if ref in seen]
    parts = list_parts([row.id for row in rows], ("sales.deal", "delivery.project"))
    deals = find_deal_rows(actor=actor, deal_ids=[ref.id for ref in parts if ref.noun == "sales.deal"]) if actor.may("sales.deal.view") else {}
    projects = find_projects(actor=actor, project_ids=[ref.id for ref in parts if ref.noun == "delivery.project"]) if actor.may("delivery.project.view") else {}
    homes += [
        ref for ref in parts
        if (ref.noun == "sales.deal" and ref.id in deals and deals[ref.id].status == "open")
        or (ref.noun == "delivery.project" and ref.id in projects and projects[ref.id].status not in _CLOSED)
    ]
    return homes[:MOST_RECORDS]


def _nobody_known(email: ReceivedEmail) -> Sentence:
    if email.sender is None:
        return worded("The e-mail does not say who wrote it. Name the record it belongs to.")
    return worded("Nobody in this e-mail from {sender} is a contact that you see. Name the record it belongs to.", sender=email.sender.said)


def _moment(email: ReceivedEmail, now: datetime) -> tuple[datetime, list[Sentence]]:
    if email.sent_at is None:
        return now, []
    if email.sent_at > now + _OWN_CLOCK_OFF:
        return now, [worded("The e-mail is dated in the future, {day}; it stands in the log at the moment it was taken in.", day=email.sent_at.date())]
    return min(email.sent_at, now), []


def _said_by_files(email: ReceivedEmail) -> str:
    """What stands in the log of an e-mail without words."""
    return "\n".join(one.name for one in email.attachments) or email.subject or "–"


def _participants(people: Sequence[Mailbox], contacts: dict[str, int], ours: dict[str, int]) -> tuple[NewParticipant, ...]:
    found: dict[object, NewParticipant] = {}
    for one in people:
        contact, colleague = contacts.get(one.address), ours.get(one.address)
        if colleague is not None:
            contact = None
        found.setdefault((contact, colleague) if contact or colleague else (one.address or one.name), NewParticipant(contact, colleague, one.name, one.address))
    return tuple(found.values())


def _name_of(email: ReceivedEmail) -> str:
    return f"{email.subject.replace('/', ' ').replace(chr(92), ' ')[:150].strip() or 'e-mail'}.eml"
