"""What was said, by words, people, records and time. No question reads more than a bounded number of entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from wonward.domains.comms.models import Communication, CommunicationLink, Participant
from wonward.domains.comms.queries.entries import communication_rows, communications_among
from wonward.domains.comms.types import CommunicationRow, LogFilter, LogHits
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.search.queries import rank_records, search_among
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MOST_READ = 5000
_FIRST_WALK = 200
_WALK_GROWTH = 5
_MOST_RANKED = 400


def search_log(*, actor: Actor, where: LogFilter, offset: int = 0, limit: int = 50) -> LogHits:
    """Entries the viewer may read. With a contact or a record, or without words: newest first; words alone: best first.

    Words are found by their stems. Of a contact or record with very many entries the newest 5,000 are read, of a very
    common word the newest 5,000 entries are ranked; `is_partial` says so.
    """
    if not actor.may("comms.communication.view"):
        return LogHits((), is_partial=False)
    if where.contact_id is not None or where.refs:
        keys = _scope(actor, where)
        is_partial = len(keys) > MOST_READ
        keys = search_among(actor, where.text, "comms.communication", keys[:MOST_READ]) if where.text else keys[:MOST_READ]
        return LogHits(_page_of(actor, keys, offset, limit), is_partial)
    if not where.text:
        return _newest(actor, where, offset, limit)
    keys, is_partial = rank_records(actor, where.text, "comms.communication", _MOST_RANKED)
    is_cut = is_partial or len(keys) >= _MOST_RANKED
    if narrowed := _narrowed(where):
        wanted = set(Communication.objects.filter(narrowed, pk__in=keys).values_list("pk", flat=True))
        keys = [key for key in keys if key in wanted]
    return LogHits(_shown(actor, keys[offset : offset + limit]), is_cut)


def _narrowed(where: LogFilter, at: str = "") -> Q:
    narrowed = Q()
    if where.kinds:
        narrowed &= Q(**{f"{at}kind__in": tuple(where.kinds)})
    if where.since is not None:
        narrowed &= Q(**{f"{at}happened_at__gte": where.since})
    if where.until is not None:
        narrowed &= Q(**{f"{at}happened_at__lt": where.until})
    if where.is_by_people:
        narrowed &= Q(**{f"{at}is_automatic": False})
    return narrowed


def _scope(actor: Actor, where: LogFilter) -> list[int]:
    """The newest entries of a contact, of records, or of a contact on records; one more than is read."""
    found: dict[int, datetime] | None = None
    if where.refs:
        found = _linked(where, visible_refs(actor, where.refs))
    if where.contact_id is not None:
        contact = visible_refs(actor, [Ref("clients.contact", where.contact_id)])
        with_them = (_linked(where, contact) | _taken_part(where, where.contact_id)) if contact else {}
        found = with_them if found is None else {key: at for key, at in found.items() if key in with_them}
    ordered = sorted((found or {}).items(), key=lambda one: (one[1], one[0]), reverse=True)
    return [key for key, _ in ordered[: MOST_READ + 1]]


def _linked(where: LogFilter, refs: Collection[Ref]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for ref in refs:
        links = CommunicationLink.objects.filter(_narrowed(where, "communication__"), noun=ref.noun, ref_id=ref.id)
        found |= dict(links.order_by("-happened_at").values_list("communication_id", "happened_at")[: MOST_READ + 1])
    return found


def _taken_part(where: LogFilter, contact_id: int) -> dict[int, datetime]:
    parts = Participant.objects.filter(_narrowed(where, "communication__"), contact_id=contact_id)
    ordered = parts.order_by("-communication__happened_at").values_list("communication_id", "communication__happened_at")
    return dict(ordered[: MOST_READ + 1])


def _newest(actor: Actor, where: LogFilter, offset: int, limit: int) -> LogHits:
    """Walks the whole log from the newest entry on until enough of it may be read."""
    seen: list[int] = []
    walked, step = 0, max(_FIRST_WALK, limit * 2)
    entries = Communication.objects.filter(_narrowed(where)).order_by("-happened_at", "-pk").values_list("pk", flat=True)
    while len(seen) < offset + limit and walked < MOST_READ:
        keys = list(entries[walked : walked + step])
        may_read = communications_among(actor=actor, communication_ids=keys)
        seen += [key for key in keys if key in may_read]
        walked, step = walked + len(keys), min(step * _WALK_GROWTH, MOST_READ)
        if not keys:
            break
    return LogHits(_page_of(actor, seen, offset, limit), is_partial=walked >= MOST_READ and len(seen) < offset + limit)


def _page_of(actor: Actor, keys: Sequence[int], offset: int, limit: int) -> tuple[CommunicationRow, ...]:
    part = list(keys[offset : offset + limit])
    may_read = communications_among(actor=actor, communication_ids=part)
    return _shown(actor, [key for key in part if key in may_read])


def _shown(actor: Actor, keys: Sequence[int]) -> tuple[CommunicationRow, ...]:
    """Entries the viewer was found to be allowed to read, in the order given."""
    rows = {row.id: row for row in communication_rows(actor, Communication.objects.filter(pk__in=keys))}
    return tuple(rows[key] for key in keys if key in rows)
