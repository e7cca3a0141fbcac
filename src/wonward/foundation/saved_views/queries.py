"""Finding the views somebody may use, and what they keep at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from wonward.foundation.access.policy import visible_refs
from wonward.foundation.access.queries import question_of, rows_seen
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.saved_views.models import PinnedRecord, PinnedView, SavedView
from wonward.foundation.saved_views.rules import unpack
from wonward.foundation.saved_views.types import Audience, ViewRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

MOST_PINS = 12


def list_views(*, actor: Actor, list_key: str) -> list[ViewRow]:
    """The views of one list by name: one's own, the team's and everybody's; one query."""
    if actor.user_id is None:
        return _told(actor, _shown(actor, SavedView.objects.visible_to(actor).filter(list_key=list_key).order_by("name", "pk")))
    return _told(actor, rows_seen(actor, "views of a list", [], _of_list, {"user": actor.user_id, "list": list_key}))


def get_view(*, actor: Actor, view_id: int) -> ViewRow:
    """One view, or NotFound."""
    found = _told(actor, _shown(actor, SavedView.objects.visible_to(actor).filter(pk=view_id)))
    if not found:
        raise NotFound("view", view_id)
    return found[0]


def list_pins(*, actor: Actor) -> list[tuple[int, str, str]]:
    """What the viewer pinned, oldest first, as (id, list key, name)."""
    if actor.user_id is None:
        return []
    found = rows_seen(actor, "pinned views", [], _pins, {"user": actor.user_id})
    return [(key, list_key, name) for key, list_key, name in found]


def ask_pins(actor: Actor) -> Question:
    """How many views the viewer pinned, to be asked together with other numbers: most people pin none."""
    return question_of(
        actor, "count of pinned views", [], values={"user": actor.user_id or 0},
        build=lambda _viewer, values: count_of(PinnedView.objects.filter(user_id=values["user"])),
    )


def list_pinned_records(*, actor: Actor) -> list[Ref]:
    """The records the viewer keeps at hand and still sees, oldest pin first."""
    pins = PinnedRecord.objects.filter(user_id=actor.user_id or 0).order_by("pinned_at", "pk")
    refs = [Ref(noun, ref_id) for noun, ref_id in pins.values_list("noun", "ref_id")[:MOST_PINS]]
    seen = visible_refs(actor, refs) if refs else frozenset()
    return [ref for ref in refs if ref in seen]


def is_record_pinned(*, actor: Actor, ref: Ref) -> bool:
    """Whether the viewer keeps a record at hand."""
    return PinnedRecord.objects.filter(user_id=actor.user_id or 0, noun=ref.noun, ref_id=ref.id).exists()


def ask_pinned_records(actor: Actor) -> Question:
    """How many single records the viewer pinned, to be asked together with other numbers."""
    return question_of(
        actor, "count of pinned records", [], values={"user": actor.user_id or 0},
        build=lambda _viewer, values: count_of(PinnedRecord.objects.filter(user_id=values["user"])),
    )


def may_change(actor: Actor, view: ViewRow) -> bool:
    """Whether the viewer may rename, change or delete a view they were shown."""
    return view.is_mine or (view.audience is not Audience.PRIVATE and _leads_all(actor))


def _leads_all(actor: Actor) -> bool:
    return actor.scope_of("saved_views.view.share") == "all"


def _pins(viewer: Actor, values: Values) -> QuerySet[Any, Any]:
    seen = SavedView.objects.visible_to(replace(viewer, user_id=values["user"]))
    pins = PinnedView.objects.filter(user_id=values["user"], view__in=seen)
    return pins.order_by("pinned_at", "pk").values_list("view_id", "view__list_key", "view__name")[:MOST_PINS]


def _of_list(viewer: Actor, values: Values) -> QuerySet[Any, Any]:
    viewer = replace(viewer, user_id=values["user"])
    return _shown(viewer, SavedView.objects.visible_to(viewer).filter(list_key=values["list"]).order_by("name", "pk"))


def _shown(actor: Actor, views: QuerySet[SavedView]) -> QuerySet[Any, Any]:
    pinned = Exists(PinnedView.objects.filter(user_id=actor.user_id or 0, view_id=OuterRef("pk")))
    return views.annotate(is_pinned=pinned).values_list(
        "pk", "list_key", "name", "audience", "owner__name", "owner_id", "is_pinned", "state", "version"
    )[:200]


def _told(actor: Actor, found: Iterable[tuple[Any, ...]]) -> list[ViewRow]:
    return [
        ViewRow(key, list_key, name, Audience(audience), owner, owner_id == actor.user_id, bool(is_pinned), unpack(state), version)
        for key, list_key, name, audience, owner, owner_id, is_pinned, state, version in found
    ]
