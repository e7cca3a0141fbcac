"""Calendar links: shown once, kept as digests, read with the rights their maker has at that moment."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from wonward.domains.delivery.models import CalendarLink
from wonward.domains.delivery.queries.feeds import digest_of
from wonward.domains.delivery.queries.projects import get_project
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound
from wonward.kernel.ref import Ref


@transaction.atomic
def make_calendar_link(*, actor: Actor, project_id: int | None = None, now: datetime) -> str:
    """The token of a new link to a project, or to the actor's own work; it ends the one they had."""
    user_id, ref = _subject(actor, project_id)
    if project_id is not None:
        require(actor, "delivery.project.view")
        get_project(actor=actor, project_id=project_id)
    had = CalendarLink.objects.live_of(user_id, project_id).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.create(user_id=user_id, project_id=project_id, digest=digest_of(token), created_at=now)
    record_change(
        actor=actor, operation="delivery.calendar_link.make", ref=ref, now=now, changes={"calendar_link": ["live" if had else None, "new"]}
    )
    return token


@transaction.atomic
def revoke_calendar_link(*, actor: Actor, project_id: int | None = None, now: datetime) -> None:
    """End the actor's link to a project, or to their own work; who lost sight of the project may do so too."""
    user_id, ref = _subject(actor, project_id)
    if not CalendarLink.objects.live_of(user_id, project_id).update(revoked_at=now):
        raise NotFound("calendar link", project_id or "of your own")
    record_change(actor=actor, operation="delivery.calendar_link.revoke", ref=ref, now=now, changes={"calendar_link": ["live", None]})


def _subject(actor: Actor, project_id: int | None) -> tuple[int, Ref]:
    if actor.user_id is None or actor.person_id is None:
        raise NotAllowed("Only somebody who signs in has a calendar.")
    return actor.user_id, Ref("staff.person", actor.person_id) if project_id is None else Ref("delivery.project", project_id)
