"""Filing companies and contacts under the keys by which duplicates are found, and noting the pairs that are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.models import Company, CompanyMatchKey, Contact, ContactMatchKey, DuplicatePair
from wonward.domains.clients.queries.duplicates import (
    COMPANY,
    CONTACT,
    find_same_companies,
    find_same_contacts,
    sketch_companies,
    sketch_contacts,
    visible_of,
)
from wonward.domains.clients.rules.sameness import company_keys, contact_keys
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_rows
from wonward.foundation.jobs.operations import enqueue
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound
from wonward.kernel.ref import Ref

_AT_ONCE = 500


@transaction.atomic
def refile_companies(company_ids: Collection[int]) -> None:
    """File companies under their keys anew; archived ones are filed no more."""
    for part in _parts(company_ids):
        CompanyMatchKey.objects.filter(company_id__in=part).delete()
        rows = [(key, one) for key, sketch in sketch_companies(part).items() for one in company_keys(sketch).all]
        insert_rows(CompanyMatchKey, ("company_id", "key"), rows)


@transaction.atomic
def refile_contacts(contact_ids: Collection[int]) -> None:
    """File contacts under their keys anew; archived ones are filed no more."""
    for part in _parts(contact_ids):
        ContactMatchKey.objects.filter(contact_id__in=part).delete()
        rows = [(key, one) for key, sketch in sketch_contacts(part).items() for one in contact_keys(sketch).all]
        insert_rows(ContactMatchKey, ("contact_id", "key"), rows)


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


@transaction.atomic
def note_duplicates(*, noun: str, record_ids: Collection[int], now: datetime) -> int:
    """Note what the given records may be the same as; pairs that were decided stay decided. Returns how many were found."""
    pairs: dict[tuple[int, int], tuple[int, str]] = {}
    if noun == COMPANY:
        for key, company in sketch_companies(record_ids).items():
            for one in find_same_companies(company, except_ids=[key]):
                pairs[min(key, one.id), max(key, one.id)] = (one.score, one.because)
    else:
        for key, contact in sketch_contacts(record_ids).items():
            for one in find_same_contacts(contact, except_ids=[key]):
                pairs[min(key, one.id), max(key, one.id)] = (one.score, one.because)
    insert_rows(
        DuplicatePair, ("noun", "first_id", "second_id", "score", "because", "state", "found_at", "decided_by"),
        [(noun, first, second, score, because, "open", now, "") for (first, second), (score, because) in pairs.items()],
        ignore_conflicts=True,
    )
    return len(pairs)


def ask_for_duplicates(*, actor: Actor, noun: str, now: datetime) -> None:
    """Look through all records of a noun in the background."""
    require(actor, "clients.record.merge")
    enqueue("clients.duplicates.look", now=now, noun=noun, after_id=0)


def look_for_duplicates(*, noun: str, after_id: int, now: datetime) -> None:
    """Look through the next records from an id on, and queue the rest; repeating a stretch changes nothing."""
    model: type[Company] | type[Contact] = Company if noun == COMPANY else Contact
    rows = model._default_manager.filter(pk__gt=after_id, archived_at__isnull=True).order_by("pk")
    ids: Sequence[int] = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    with transaction.atomic():
        (refile_companies if noun == COMPANY else refile_contacts)(ids)
        note_duplicates(noun=noun, record_ids=ids, now=now)
        if len(ids) == _AT_ONCE:
            enqueue("clients.duplicates.look", now=now, noun=noun, after_id=ids[-1])


@transaction.atomic
def decide_duplicate(*, actor: Actor, duplicate_id: int, is_different: bool, now: datetime) -> None:
    """Say that two records are different ones, so that nobody is asked again; or take that back."""
    pair = DuplicatePair.objects.select_for_update().filter(pk=duplicate_id).first()
    if pair is None or visible_of(pair.noun)(actor).filter(pk__in=[pair.first_id, pair.second_id]).count() < 2:
        raise NotFound("pair", duplicate_id)
    require(actor, "clients.record.merge")
    if pair.state == "merged":
        raise Conflict("These two have been merged in the meantime.")
    before, pair.state = pair.state, "different" if is_different else "open"
    pair.decided_at, pair.decided_by = (now, actor.label) if is_different else (None, "")
    pair.save()
    if before != pair.state:
        record_change(
            actor=actor, operation="clients.duplicate.decide", ref=Ref(pair.noun, pair.first_id), now=now,
            changes={f"same as {pair.noun}:{pair.second_id}": [before, pair.state]},
        )


__all__ = ["COMPANY", "CONTACT", "ask_for_duplicates", "decide_duplicate", "look_for_duplicates", "note_duplicates", "refile_companies",
           "refile_contacts"]
