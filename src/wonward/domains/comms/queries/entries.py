"""Reading entries. A record's page asks by refs it has already been shown; lists filter in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from wonward.domains.comms.models import Communication, CommunicationLink, Mention, Participant
from wonward.domains.comms.types import TAKEN_IN, CommunicationRow
from wonward.foundation.access.policy import host_nouns, keep_seen, visible_ids, visible_refs
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.search.queries import search_among
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_MOST_READ = 5000
_RECORDS_OF_AN_ENTRY, _SPARE, _GROWTH = 3, 20, 4
_NEWEST_LINK = ("-happened_at", "-communication_id")
SORTS = {
    "happened_at": ("happened_at", "pk"), "-happened_at": ("-happened_at", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}

def visible_communications(actor: Actor) -> QuerySet[Communication]:
    """Entries with at least one record the viewer sees; restricted ones only for their author."""
    if not actor.may("comms.communication.view"):
        return Communication.objects.none()
    entries = Communication.objects.all()
    if actor.is_system:
        return entries
    # Each link asks for its own record: a list of all that hang on visible records would be as long as the log.
    seen = Q(pk__in=[])
    for noun in host_nouns():
        seen |= Q(noun=noun) & Q(Exists(visible_ids(noun, actor).filter(pk=OuterRef("ref_id"))))
    links = CommunicationLink.objects.filter(seen, communication_id=OuterRef("pk"))
    return entries.filter(Exists(links)).filter(_privacy(actor))


def communications_among(*, actor: Actor, communication_ids: Collection[int]) -> set[int]:
    """Those of the given entries the viewer may read, told by their few links."""
    if not actor.may("comms.communication.view"):
        return set()
    entries = Communication.objects.filter(pk__in=communication_ids).filter(_privacy(actor)).values("pk")
    links = list(CommunicationLink.objects.filter(communication__in=entries).values_list("communication_id", "noun", "ref_id"))
    seen = visible_refs(actor, {Ref(noun, ref_id) for _, noun, ref_id in links})
    return {key for key, noun, ref_id in links if Ref(noun, ref_id) in seen}


def _privacy(actor: Actor, at: str = "") -> Q:
    if actor.is_system:
        return Q()
    return ~Q(**{f"{at}privacy": "restricted"}) | Q(**{f"{at}author_id": actor.person_id or 0})


def list_communications(
    *, actor: Actor, refs: Collection[Ref], kinds: Collection[str] = (), text: str = "",
    since: datetime | None = None, until: datetime | None = None, updated_since: datetime | None = None, sort: str = "-happened_at",
    offset: int = 0, limit: int = 50,
) -> list[CommunicationRow]:
    """Newest first, over the given records as far as the viewer sees them; NotFound when none is visible.

    Of a contact also what they took part in elsewhere. Words are found by their stems among the newest 5,000 entries, and
    as they stand among all. `sort` is one of SORTS.
    """
    if not actor.may("comms.communication.view"):
        return []
    wanted = visible_refs(actor, refs)
    if not wanted:
        raise NotFound("record", ", ".join(str(ref) for ref in refs))
    contacts = [ref.id for ref in wanted if ref.noun == "clients.contact"]
    is_plain = not (kinds or text or since or until or updated_since or offset or contacts) and sort == "-happened_at"
    if len(wanted) == 1 and is_plain:
        return _rows_of(actor, _newest_on(actor, next(iter(wanted)), limit))
    if not (kinds or text or updated_since or contacts) and sort == "-happened_at":
        return _rows_of(actor, _newest_over(actor, wanted, since, until, offset, limit))
    entries = _on(actor, wanted, also=_taken_part(actor, contacts))
    if kinds:
        entries = entries.filter(kind__in=kinds)
    if since is not None:
        entries = entries.filter(happened_at__gte=since)
    if until is not None:
        entries = entries.filter(happened_at__lt=until)
    if text:
        newest = list(entries.order_by(*SORTS["-happened_at"]).values_list("pk", flat=True)[:_MOST_READ])
        by_stem = search_among(actor, text, "comms.communication", newest)
        entries = entries.filter(Q(pk__in=by_stem) | Q(body__icontains=text) | Q(subject__icontains=text))
    if updated_since:
        entries = entries.filter(updated_at__gte=updated_since)
    return communication_rows(actor, entries.order_by(*SORTS[sort])[offset : offset + limit])


def _taken_part(actor: Actor, contact_ids: Collection[int]) -> set[int]:
    """The newest entries that contacts took part in and the actor may read by a record of theirs."""
    if not contact_ids:
        return set()
    parts = Participant.objects.filter(contact_id__in=contact_ids).order_by("-communication__happened_at", "-communication_id")
    return communications_among(actor=actor, communication_ids=list(parts.values_list("communication_id", flat=True)[:_MOST_READ]))


def _on(actor: Actor, refs: Iterable[Ref], *, also: Collection[int] = ()) -> QuerySet[Communication]:
    """The entries that hang on any of the records and that the actor may read; each once."""
    here = Q(pk__in=_links_of(refs).values("communication_id"))
    return Communication.objects.filter(here | Q(pk__in=also) if also else here).filter(_privacy(actor))


def _links_of(refs: Iterable[Ref]) -> QuerySet[CommunicationLink]:
    by_noun: dict[str, list[int]] = {}
    for ref in refs:
        by_noun.setdefault(ref.noun, []).append(ref.id)
    match = Q(pk__in=[])
    for noun, ids in by_noun.items():
        match |= Q(noun=noun, ref_id__in=ids)
    return CommunicationLink.objects.filter(match)


def _newest_over(
    actor: Actor, refs: Collection[Ref], since: datetime | None, until: datetime | None, offset: int, limit: int
) -> list[tuple[Any, ...]]:
    """Orders by the time on the links, and reads the entries of the newest of them; an entry hangs on about three records of a client."""
    links = _links_of(refs)
    if since is not None:
        links = links.filter(happened_at__gte=since)
    if until is not None:
        links = links.filter(happened_at__lt=until)
    is_readable = Value(value=True) if actor.is_system else Case(When(_privacy(actor, "communication__"), then=True), default=False)
    found: dict[int, tuple[Any, ...]] = {}
    walked, step = 0, (offset + limit) * _RECORDS_OF_AN_ENTRY + _SPARE
    while len(found) < offset + limit:
        newest = links.order_by(*_NEWEST_LINK).values("pk")[walked : walked + step]
        part = list(
            CommunicationLink.objects.filter(pk__in=newest).annotate(is_readable=is_readable).order_by(*_NEWEST_LINK)
            .values_list("is_readable", *(f"communication__{name}" for name in _COLUMNS))
        )
        found |= {key: (key, *values) for may_read, key, *values in part if may_read}
        if len(part) < step:
            break
        walked, step = walked + step, step * _GROWTH
    return list(found.values())[offset : offset + limit]


def list_with_contact(*, actor: Actor, contact_id: int, limit: int = 50) -> list[CommunicationRow]:
    """Newest first, what hangs on a contact and what they took part in elsewhere, as far as the viewer may read it."""
    if not actor.may("comms.communication.view"):
        return []
    here = CommunicationLink.objects.filter(noun="clients.contact", ref_id=contact_id).values_list("happened_at", "communication_id")
    took_part = Participant.objects.filter(contact_id=contact_id).values_list("communication__happened_at", "communication_id")
    newest = [key for _, key in here.union(took_part).order_by("-happened_at", "-communication_id")[: limit * 4]]
    seen = communications_among(actor=actor, communication_ids=newest)
    return communication_rows(actor, Communication.objects.filter(pk__in=[key for key in newest if key in seen][:limit]).order_by(*SORTS["-happened_at"]))


def count_communications(*, actor: Actor, refs: Collection[Ref]) -> dict[str, int]:
    """Entries per kind over the given records as far as the viewer sees them; NotFound when none is visible."""
    if not actor.may("comms.communication.view"):
        return {}
    wanted = visible_refs(actor, refs)
    if not wanted:
        raise NotFound("record", ", ".join(str(ref) for ref in refs))
    return dict(_on(actor, wanted).order_by().values_list("kind").annotate(Count("pk")))


def find_homes(*, communication_ids: Collection[int], noun: str) -> dict[int, list[int]]:
    """The records of one noun that each of the entries hangs on, whoever may read it."""
    homes: dict[int, list[int]] = {}
    links = CommunicationLink.objects.filter(communication__in=communication_ids, noun=noun).order_by("pk")
    for key, ref_id in links.values_list("communication_id", "ref_id"):
        homes.setdefault(key, []).append(ref_id)
    return homes


def ask_talked(ref: Ref) -> Question:
    """How much the log knows of a record, whoever may read it, to be asked together with other numbers."""
    return Question(
        "count of talk", lambda values: count_of(CommunicationLink.objects.filter(noun=values["noun"], ref_id=values["id"])),
        {"noun": ref.noun, "id": ref.id},
    )


def find_talk_since(*, refs: Collection[Ref], since: datetime) -> str:
    """What kind of talk with people there was about any of the records since an instant, whoever may read it; "" when there was none."""
    here = Q(pk__in=[])
    for ref in refs:
        here |= Q(noun=ref.noun, ref_id=ref.id)
    entries = CommunicationLink.objects.filter(here, happened_at__gt=since, communication__is_automatic=False)
    found = entries.exclude(communication__kind="note").order_by("happened_at", "pk").values_list("communication__kind", flat=True)
    return found.first() or ""


def answers_about(noun: str, ref_id: OuterRef) -> QuerySet[Any, Any]:
    """When people of ours spoke or wrote to the client about each record of a question, newest first, whoever may read it.

    A call or meeting is an answer whoever began it.
    """
    ours = Q(communication__kind__in=("call", "meeting")) | Q(communication__kind__in=("email", "chat")) & ~Q(communication__direction="in")
    here = CommunicationLink.objects.filter(ours, noun=noun, ref_id=ref_id, communication__is_automatic=False)
    return here.order_by("-happened_at").values("happened_at")


def messages_about(noun: str, ref_id: OuterRef) -> QuerySet[Any, Any]:
    """When clients wrote about each record of a question, oldest first, whoever may read it. What an import brought is history, an
    e-mail that was taken in is not, and a restricted entry concerns its author alone."""
    theirs = CommunicationLink.objects.filter(
        Q(communication__external_id="") | Q(communication__external_source=TAKEN_IN),
        noun=noun, ref_id=ref_id, communication__kind__in=("email", "chat"), communication__direction="in",
        communication__is_automatic=False,
    ).exclude(communication__privacy="restricted")
    return theirs.order_by("happened_at").values("happened_at")


def get_communication(*, actor: Actor, communication_id: int) -> CommunicationRow:
    """One entry, or NotFound."""
    if not communications_among(actor=actor, communication_ids=[communication_id]):
        raise NotFound("communication", communication_id)
    return communication_rows(actor, Communication.objects.filter(pk=communication_id))[0]


def find_logged_refs(refs: Collection[Ref]) -> set[Ref]:
    """Those of the given records that any entry of the log hangs on."""
    by_noun: dict[str, list[int]] = {}
    for ref in refs:
        by_noun.setdefault(ref.noun, []).append(ref.id)
    found: set[Ref] = set()
    for noun, ids in by_noun.items():
        rows = CommunicationLink.objects.filter(noun=noun, ref_id__in=ids).values_list("ref_id", flat=True)
        found.update(Ref(noun, key) for key in rows.distinct())
    return found


def find_communications_by_external(source: str, external_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Id and version by the id another product gave them."""
    rows = Communication.objects.filter(external_source=source, external_id__in=set(external_ids))
    return {external: (key, version) for external, key, version in rows.values_list("external_id", "pk", "version")}


def find_communications(*, actor: Actor, communication_ids: Collection[int]) -> list[CommunicationRow]:
    """The visible ones among the given entries."""
    seen = communications_among(actor=actor, communication_ids=communication_ids)
    return communication_rows(actor, Communication.objects.filter(pk__in=seen))


def communication_rows(actor: Actor, entries: QuerySet[Communication]) -> list[CommunicationRow]:
    """Rows for entries already filtered, in two more queries plus one per noun they hang on."""
    return _rows_of(actor, list(entries.values_list(*_COLUMNS)))


_COLUMNS = (
    "pk", "kind", "subject", "body", "direction", "privacy", "happened_at", "author_label", "is_automatic", "version", "created_at",
    "updated_at",
)


def _newest_on(actor: Actor, ref: Ref, limit: int) -> list[tuple[Any, ...]]:
    """The newest entries on one record the viewer sees, the question every record's page asks."""
    return prepared.rows(
        ("entries on a record", actor.is_system, limit), lambda values: _on_record(actor, values, limit),
        {"noun": ref.noun, "id": ref.id, "person": actor.person_id or 0},
    )


def _on_record(actor: Actor, values: Values, limit: int) -> QuerySet[Any, Any]:
    """Walks the record's links from the newest on: the time of an entry stands on each of its links."""
    links = CommunicationLink.objects.filter(noun=values["noun"], ref_id=values["id"])
    readable = links.filter(_privacy(replace(actor, person_id=values["person"]), "communication__"))
    return readable.order_by(*_NEWEST_LINK).values_list(*(f"communication__{name}" for name in _COLUMNS))[:limit]


def _rows_of(actor: Actor, found: Sequence[tuple[Any, ...]]) -> list[CommunicationRow]:
    if not found:
        return []
    ids = [values[0] for values in found]
    for key in ids:
        keep_seen(actor, Ref("comms.communication", key))
    links: dict[int, list[Ref]] = {}
    for key, noun, ref_id in prepared.rows_among("links of entries", _hung, {}, name="entries", choices=ids):
        links.setdefault(key, []).append(Ref(noun, ref_id))
    seen = visible_refs(actor, {ref for refs in links.values() for ref in refs})
    people: dict[int, list[tuple[str, int | None]]] = {}
    for key, name, address, contact, person, contact_id in prepared.rows_among("people of entries", _took_part, {}, name="entries", choices=ids):
        people.setdefault(key, []).append((contact or person or name or address, contact_id))
    return [
        CommunicationRow(*(
            *values[:9], tuple(ref for ref in links.get(values[0], []) if ref in seen),
            tuple(name for name, _ in people.get(values[0], [])), *values[9:],
            tuple(key for _, key in people.get(values[0], []) if key),
        ))
        for values in found
    ]


def _hung(values: Values) -> QuerySet[Any, Any]:
    links = CommunicationLink.objects.filter(communication_id__in=values["entries"]).order_by("pk")
    return links.values_list("communication_id", "noun", "ref_id")


def _took_part(values: Values) -> QuerySet[Any, Any]:
    people = Participant.objects.filter(communication_id__in=values["entries"]).order_by("pk")
    return people.values_list("communication_id", "name", "address", "contact__name", "person__name", "contact_id")


def list_mentions(communication_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who is named where, as (entry, person); unfiltered, for telling them."""
    found = Mention.objects.filter(communication_id__in=communication_ids).order_by("communication_id", "person_id")
    return list(found.values_list("communication_id", "person_id"))


def list_log(*, actor: Actor, offset: int = 0, limit: int = 500) -> list[CommunicationRow]:
    """Everything the viewer may read, oldest first, for exports."""
    return communication_rows(actor, visible_communications(actor).order_by("pk")[offset : offset + limit])
