"""Two records that are one become one: everything that pointed to the one points to the other, and all of it can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.clients import events
from wonward.domains.clients.models import Company, Contact, DuplicatePair, Merge
from wonward.domains.clients.operations.filing import refile_companies, refile_contacts
from wonward.domains.clients.queries.duplicates import COMPANY, CONTACT, visible_of
from wonward.domains.clients.queries.people import who_brought
from wonward.domains.clients.rules.merging import fields_to_take
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.database.registry import LinkMove, move_links
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

COMPANY_FIELDS = ("name", "domain", "phone", "address", "industry", "country", "tier", "employees", "annual_revenue_minor",
                  "founded_year", "pain_points", "preferences", "owner_id", "parent_id", "source", "referred_by_id")
CONTACT_FIELDS = ("name", "title", "preference", "pain_points", "source", "referred_by_id")


@transaction.atomic
def merge_records(
    *, actor: Actor, noun: str, source_id: int, target_id: int, take: Collection[str] = (), now: datetime
) -> int:
    """Let the source become one with the target; returns the id of the merge.

    Empty fields of the target are filled from the source; `take` names fields whose value comes from the source although
    the target has one. The source is archived and leads to the target from then on.
    """
    source, target = _lock_both(actor, noun, source_id, target_id)
    names = COMPANY_FIELDS if noun == COMPANY else CONTACT_FIELDS
    if unknown := sorted(set(take) - set(names)):
        raise Refused("Some fields cannot be taken over.", [FieldError(f"take.{name}", worded("{name} cannot be taken over.", name=name), "unknown") for name in unknown])
    move = LinkMove(noun, source_id, target_id, now)
    before = {name: getattr(target, name) for name in names}
    _settle_family(move, source, target)
    move_links(move)
    taken = fields_to_take(
        {name: getattr(source, name) for name in names}, {name: getattr(target, name) for name in names}, take=take, own_id=target_id,
        other_id=source_id,
    )
    move.change(target, **taken, **_joined(source, target))
    _lead_on(move, source, target, now)
    _count_up(source, target, now)
    merge = Merge.objects.create(
        noun=noun, source_id=source_id, target_id=target_id, source_name=source.name, target_name=target.name, journal=move.journal,
        moved_count=sum(len(one["ids"]) for one in move.journal if one["kind"] == "moved"), merged_at=now, merged_by=actor.label,
    )
    _decide_pairs(noun, source_id, target_id, actor, now)
    _refile(noun, source_id, target_id)
    record_changes(
        actor=actor, operation="clients.record.merge", now=now,
        changes=[
            Change(Ref(noun, target_id), {"merged": [None, f"{noun}:{source_id}"], **{name: [before[name], taken[name]] for name in taken}}),
            Change(Ref(noun, source_id), {"merged_into": [None, f"{noun}:{target_id}"]}),
        ],
    )
    publish(events.RecordsMerged(noun=noun, source_id=source_id, target_id=target_id), actor=actor, now=now)
    return merge.pk


def _lock_both(actor: Actor, noun: str, source_id: int, target_id: int) -> tuple[Any, Any]:
    """Both rows, locked in the order of their ids so that two merges of the same pair wait for each other."""
    rows = visible_of(noun)(actor).filter(pk__in=[source_id, target_id]).order_by("pk").select_for_update(of=("self",))
    found = {row.pk: row for row in rows}
    word = noun.split(".")[1]
    for key in (target_id, source_id):
        if key not in found:
            raise NotFound(word, key)
    require(actor, "clients.record.merge")
    if source_id == target_id:
        raise Refused.field("target_id", "A record cannot be merged with itself. Choose another one.")
    for key in (source_id, target_id):
        row = found[key]
        if row.merged_into_id is not None:
            merge = Merge.objects.filter(noun=noun, source_id=key, undone_at__isnull=True).order_by("-pk").first()
            if merge is None:
                raise Conflict(worded("“{name}” has been merged in the meantime.", name=row.name))
            raise Conflict(worded("“{name}” has been merged into “{target}” by {by} in the meantime.", name=row.name, target=merge.target_name, by=merge.merged_by))
        if row.archived_at is not None:
            raise Conflict(worded("“{name}” is archived. Bring it back before merging it.", name=row.name))
    return found[source_id], found[target_id]


def _settle_family(move: LinkMove, source: Any, target: Any) -> None:
    """No company may end up above itself: a target below the source moves up to where the source was."""
    if not isinstance(source, Company):
        return
    above, seen = target.parent_id, {target.pk}
    while above is not None and above not in seen:
        if above == source.pk:
            move.change(target, parent_id=source.parent_id if source.parent_id != target.pk else None)
            return
        seen.add(above)
        above = Company.objects.filter(pk=above).values_list("parent_id", flat=True).first()


def _joined(source: Any, target: Any) -> dict[str, Any]:
    """What the target has from both: all tags, the earlier beginning, the stricter privacy, an external id if it had none."""
    tags = list(dict.fromkeys(tag for row in (target, source) for tag in row.tags.split("|") if tag))
    values: dict[str, Any] = {"tags": f"|{'|'.join(tags)}|" if tags else ""}
    if len(values["tags"]) > 500:
        values.pop("tags")
    if isinstance(source, Company):
        dates = [one for one in (source.client_since_date, target.client_since_date) if one]
        values |= {"client_since_date": min(dates, default=None), "is_restricted": source.is_restricted or target.is_restricted}
    return values


def _lead_on(move: LinkMove, source: Any, target: Any, now: datetime) -> None:
    """The source is put away and leads to the target; its external id goes with it if the target has none."""
    external = (source.external_source, source.external_id)
    move.change(source, archived_at=now, merged_into_id=target.pk)
    if isinstance(source, Company):
        move.change(source, is_restricted=source.is_restricted or target.is_restricted)
    if source.external_id and not target.external_id:
        move.change(source, external_source="", external_id="")
        move.change(target, external_source=external[0], external_id=external[1])
    if target.parent_id == source.pk if isinstance(target, Company) else False:
        move.change(target, parent_id=None)
    if isinstance(target, Contact) and (target.referred_by_id == source.pk or target.pk in who_brought(target.pk)):
        move.change(target, referred_by_id=None)


def _count_up(source: Any, target: Any, now: datetime) -> None:
    for row in (source, target):
        type(row).objects.filter(pk=row.pk).update(version=row.version + 1, updated_at=now)


def _decide_pairs(noun: str, source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """The pair is merged; other open pairs of the source now ask about the target, or not at all."""
    pairs = DuplicatePair.objects.filter(noun=noun)
    first, second = sorted((source_id, target_id))
    pairs.filter(first_id=first, second_id=second).update(state="merged", decided_at=now, decided_by=actor.label)
    for row in pairs.filter(state="open").filter(first_id=source_id) | pairs.filter(state="open").filter(second_id=source_id):
        other = row.second_id if row.first_id == source_id else row.first_id
        low, high = sorted((other, target_id))
        if not pairs.filter(first_id=low, second_id=high).exists():
            DuplicatePair.objects.create(
                noun=noun, first_id=low, second_id=high, score=row.score, because=row.because, found_at=row.found_at
            )
        row.delete()


def _refile(noun: str, *record_ids: int) -> None:
    (refile_companies if noun == COMPANY else refile_contacts)(record_ids)


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: int, now: datetime) -> tuple[tuple[str, int], ...]:
    """Take a merge back. Rows somebody changed since stay as they are and are returned as (model, id)."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None or not visible_of(merge.noun)(actor).filter(pk=merge.target_id).exists():
        raise NotFound("merge", merge_id)
    require(actor, "clients.record.merge")
    if merge.undone_at is not None:
        raise Conflict("This merge has been undone already.")
    later = Merge.objects.filter(noun=merge.noun, source_id=merge.target_id, undone_at__isnull=True).first()
    if later is not None:
        raise Conflict(worded("“{target_name}” has itself been merged into “{later_target_name}” since. Undo that first.", target_name=merge.target_name, later_target_name=later.target_name))
    move = LinkMove(merge.noun, merge.source_id, merge.target_id, now, is_back=True, journal=merge.journal)
    model: type[Company] | type[Contact] = Company if merge.noun == COMPANY else Contact
    model.objects.filter(pk__in=[merge.source_id, merge.target_id]).select_for_update().count()
    move.restore(model)
    move_links(move)
    left = tuple(dict.fromkeys(move.left))
    for row in model.objects.filter(pk__in=[merge.source_id, merge.target_id]):
        _count_up(row, row, now)
    merge.undone_at, merge.left = now, [list(one) for one in left]
    merge.save(update_fields=["undone_at", "left"])
    DuplicatePair.objects.filter(
        noun=merge.noun, first_id=min(merge.source_id, merge.target_id), second_id=max(merge.source_id, merge.target_id)
    ).update(state="open", decided_at=None, decided_by="")
    _refile(merge.noun, merge.source_id, merge.target_id)
    record_changes(
        actor=actor, operation="clients.record.unmerge", now=now,
        changes=[
            Change(Ref(merge.noun, merge.target_id), {"merged": [f"{merge.noun}:{merge.source_id}", None]}),
            Change(Ref(merge.noun, merge.source_id), {"merged_into": [f"{merge.noun}:{merge.target_id}", None]}),
        ],
    )
    publish(
        events.RecordsUnmerged(noun=merge.noun, source_id=merge.source_id, target_id=merge.target_id), actor=actor, now=now
    )
    return left


__all__ = ["CONTACT", "merge_records", "undo_merge"]
