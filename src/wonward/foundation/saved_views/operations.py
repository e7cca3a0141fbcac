"""Keeping, changing, pinning and dropping views of lists; pinning single records."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from wonward.foundation.access.policy import can_see, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.saved_views.models import PinnedRecord, PinnedView, SavedView
from wonward.foundation.saved_views.queries import MOST_PINS, get_view, may_change
from wonward.foundation.saved_views.rules import check_name, check_state, pack
from wonward.foundation.saved_views.types import Audience, ViewState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

NOUN = "saved_views.view"
MOST_VIEWS = 200


@transaction.atomic
def save_view(
    *, actor: Actor, list_key: str, name: str, state: ViewState, audience: Audience = Audience.PRIVATE, is_pinned: bool = False,
    now: datetime,
) -> int:
    """Keep a way of looking at a list under a name; its id. A name is used once per person and list."""
    owner_id = _user_of(actor)
    words = check_name(name)
    check_state(state)
    mine = SavedView.objects.filter(owner_id=owner_id, list_key=list_key)
    _refuse_taken(mine, words)
    if mine.count() >= MOST_VIEWS:
        raise Refused(worded("You keep {most_views} views of this list already. Delete one first.", most_views=MOST_VIEWS))
    team_id = _team_for(actor, audience)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                list_key=list_key[:60], name=words, owner_id=owner_id, audience=audience.value, team_id=team_id, state=pack(state),
                created_at=now, updated_at=now,
            )
    except IntegrityError:
        raise _taken(words) from None
    record_change(
        actor=actor, operation="saved_views.save_view", ref=Ref(NOUN, view.pk), now=now,
        changes={"name": [None, words], "audience": [None, audience.value], "state": [None, view.state]},
    )
    if is_pinned:
        pin_view(actor=actor, view_id=view.pk, is_pinned=True, now=now)
    return view.pk


@transaction.atomic
def change_view(
    *, actor: Actor, view_id: int, name: str | None = None, audience: Audience | None = None, state: ViewState | None = None,
    version: int | None = None, now: datetime,
) -> None:
    """Rename a view, show it to others or no longer, or let it keep another state; what is None stays."""
    view = _locked(actor, view_id)
    if version is not None and version != view.version:
        raise Stale("Somebody else changed this view in the meantime.", current={"version": view.version}, yours={"version": version})
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = check_name(name)
        if values["name"] != view.name:
            _refuse_taken(SavedView.objects.filter(owner_id=view.owner_id, list_key=view.list_key).exclude(pk=view.pk), str(values["name"]))
    if audience is not None and audience.value != view.audience:
        values |= {"audience": audience.value, "team_id": _team_for(actor, audience)}
    if state is not None:
        check_state(state)
        values["state"] = pack(state)
    changes = {field: [getattr(view, field), value] for field, value in values.items() if getattr(view, field) != value}
    if not changes:
        return
    SavedView.objects.filter(pk=view.pk).update(**values, version=view.version + 1, updated_at=now)
    record_change(actor=actor, operation="saved_views.change_view", ref=Ref(NOUN, view.pk), changes=changes, now=now)


@transaction.atomic
def delete_view(*, actor: Actor, view_id: int, now: datetime) -> None:
    """Drop a view for everybody who finds it."""
    view = _locked(actor, view_id)
    record_change(
        actor=actor, operation="saved_views.delete_view", ref=Ref(NOUN, view.pk), now=now,
        changes={"name": [view.name, None], "audience": [view.audience, None], "state": [view.state, None]},
    )
    view.delete()


@transaction.atomic
def pin_view(*, actor: Actor, view_id: int, is_pinned: bool, now: datetime) -> None:
    """Keep a view in one's own left rail, or no longer."""
    user_id = _user_of(actor)
    get_view(actor=actor, view_id=view_id)
    pins = PinnedView.objects.filter(user_id=user_id)
    if not is_pinned:
        pins.filter(view_id=view_id).delete()
        return
    if pins.exclude(view_id=view_id).count() >= MOST_PINS:
        raise Refused(worded("At most {most_pins} views can be pinned. Take another pin away first.", most_pins=MOST_PINS))
    PinnedView.objects.get_or_create(user_id=user_id, view_id=view_id, defaults={"pinned_at": now})


@transaction.atomic
def pin_record(*, actor: Actor, ref: Ref, is_pinned: bool, now: datetime) -> None:
    """Keep a record the actor sees at hand, in the left rail and first in the palette, or no longer."""
    user_id = _user_of(actor)
    pins = PinnedRecord.objects.filter(user_id=user_id)
    mine = {"noun": ref.noun, "ref_id": ref.id}
    if not is_pinned:
        pins.filter(**mine).delete()
        return
    if not can_see(actor, ref):
        raise NotFound("record", ref)
    if pins.exclude(**mine).count() >= MOST_PINS:
        raise Refused(worded("At most {most_pins} records can be pinned. Take another pin away first.", most_pins=MOST_PINS))
    PinnedRecord.objects.get_or_create(user_id=user_id, **mine, defaults={"pinned_at": now})


def _user_of(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed("Only somebody who signs in keeps views.")
    return actor.user_id


def _team_for(actor: Actor, audience: Audience) -> int | None:
    """The team a view is shown to; Refused without one, NotAllowed without the right to share."""
    if audience is Audience.PRIVATE:
        return None
    require(actor, "saved_views.view.share")
    if audience is Audience.EVERYONE:
        return None
    if actor.team_id is None:
        raise Refused.field("audience", "You are in no team. Keep the view to yourself, or show it to everyone.", "no_team")
    return actor.team_id


def _locked(actor: Actor, view_id: int) -> SavedView:
    """The view of somebody who may change it."""
    if not may_change(actor, get_view(actor=actor, view_id=view_id)):
        raise NotAllowed("Only the owner of a view, or somebody who manages shared views, may change it.")
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None:
        raise NotFound("view", view_id)
    return view


def _refuse_taken(views: QuerySet[SavedView], name: str) -> None:
    if views.filter(name__iexact=name).exists():
        raise _taken(name)


def _taken(name: str) -> Refused:
    return Refused.field("name", worded("You have a view called “{name}” of this list already.", name=name), "taken")
