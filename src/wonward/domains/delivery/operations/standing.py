"""How a project stands in people's words: status updates, colours set by hand, its stage, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery import events
from wonward.domains.delivery.models import HealthOverride, Lesson, Project, ProjectClosing, StatusUpdate
from wonward.domains.delivery.operations.locking import hold_project
from wonward.domains.delivery.queries.standing import count_open_work, find_stage
from wonward.domains.delivery.rules.health import OVERRIDE_DAYS
from wonward.domains.delivery.types import COLOURS, STAGES
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

COLOUR_WORDS = {"green": "On track", "amber": "Needs attention", "red": "In trouble"}


@transaction.atomic
def publish_status(*, actor: Actor, project_id: int, text: str, colour: str, now: datetime) -> int:
    """Publish how a project stands. It stands in the log of the project and of its client, where sales reads it; its id."""
    project = _hold(actor, project_id)
    text = text.strip()
    if says_nothing(text) or len(text) > 20_000:
        raise Refused.field("text", "Say in at most 20,000 characters how the project stands.", "required")
    _check_colour(colour)
    update = StatusUpdate.objects.create(
        project=project, text=text, colour=colour, promised_finish_date=project.promised_finish_date,
        forecast_finish_date=project.forecast_finish_date, author_label=actor.label[:160], published_at=now,
    )
    entry = NewCommunication(
        kind=CommunicationKind.NOTE, refs=(Ref("delivery.project", project.pk), Ref("clients.company", project.company_id)), body=text,
        subject=f"{project.name}: {COLOUR_WORDS[colour].lower()}", happened_at=now,
    )
    log_communications(actor=actor, entries=[entry], now=now)
    _tell(actor, project, "delivery.project.status_publish", {"status": [None, colour]}, now)
    return update.pk


@transaction.atomic
def override_health(*, actor: Actor, project_id: int, colour: str, reason: str, now: datetime) -> None:
    """Give a project another colour than the rules do, with the reason, for 14 days. An empty colour ends it."""
    project = _hold(actor, project_id)
    today = civil_date(now, get_organisation().time_zone)
    standing = HealthOverride.objects.filter(project=project, ended_at__isnull=True, last_date__gte=today)
    before = standing.order_by("-pk").values_list("colour", flat=True).first()
    if colour:
        _check_colour(colour)
        if says_nothing(reason) or len(reason.strip()) > 2000:
            raise Refused.field("reason", "Say why the rules are wrong here.", "required")
    elif before is None:
        raise Conflict("No colour is set by hand.")
    standing.update(ended_at=now)
    if colour:
        HealthOverride.objects.create(
            project=project, colour=colour, reason=reason.strip(), author_label=actor.label[:160], set_at=now,
            last_date=today + timedelta(days=OVERRIDE_DAYS - 1),
        )
    _tell(actor, project, "delivery.project.health_override", {"health": [before, colour or None], "reason": [None, reason.strip()]}, now)


@transaction.atomic
def move_stage(*, actor: Actor, project_id: int, stage: str, now: datetime) -> None:
    """Move a project along its lifecycle, or back. It is closed by `close_project` alone."""
    project = _hold(actor, project_id)
    if stage not in STAGES:
        raise Refused.field("stage", worded("“{stage}” is not a stage; choose {stages}.", stage=stage, stages=", ".join(STAGES)), "unknown")
    if project.status == "done":
        raise Conflict(worded("{number} is closed. Open it again first.", number=project.number))
    before = find_stage(project.pk)
    if stage == before:
        return
    project.stage = stage
    _save(actor, project, "delivery.project.stage_move", {"stage": [before, stage]}, now)


@transaction.atomic
def close_project(
    *, actor: Actor, project_id: int, summary: str, lessons: Sequence[tuple[str, str]], survey_place: str = "",
    open_promises: Sequence[str] = (), is_open_known: bool = False, is_archived: bool = False, now: datetime,
) -> None:
    """End a project: what it came to, what it taught as (keep | change, words), where the client is asked about it.

    What it taught is kept once, also when it was closed before. Open work or open promises are refused unless `is_open_known`; they are kept with the closing.
    """
    project = _hold(actor, project_id)
    if project.status == "done":
        raise Conflict(worded("{number} is closed already.", number=project.number))
    words = [(kind, text.strip()) for kind, text in lessons if not says_nothing(text)]
    if says_nothing(summary):
        raise Refused.field("summary", "Say in a few sentences what the project came to.", "required")
    if not words:
        raise Refused.field("lessons", "Write down at least one thing to keep or to do otherwise.", "required")
    if any(kind not in ("keep", "change") or len(text) > 2000 for kind, text in words) or len(words) > 50:
        raise Refused.field("lessons", "A lesson is something to keep or to change, in at most 2,000 characters.", "range")
    left = count_open_work(project.pk)
    if (left or open_promises) and not is_open_known:
        raise Refused.field("is_open_known", worded("{left} tasks and {count} promises are still open. Say that you know.", left=left, count=len(open_promises)), "open")
    ProjectClosing.objects.create(
        project=project, summary=summary.strip(), survey_place=survey_place.strip()[:300], open_promises=list(open_promises),
        status_before=project.status, stage_before=project.stage, closed_by_label=actor.label[:160], closed_at=now,
    )
    kept = set(Lesson.objects.filter(project=project).values_list("kind", "text"))
    Lesson.objects.bulk_create(
        Lesson(project=project, kind=kind, text=text, author_label=actor.label[:160], created_at=now)
        for kind, text in dict.fromkeys(words) if (kind, text) not in kept
    )
    before = project.status
    project.status, project.stage = "done", "closure"
    project.finished_date = civil_date(now, get_organisation().time_zone)
    project.archived_at = now if is_archived else None
    _save(actor, project, "delivery.project.close", {"status": [before, "done"]}, now)


@transaction.atomic
def reopen_project(*, actor: Actor, project_id: int, now: datetime) -> None:
    """Take the end of a project back; what it taught stays."""
    project = _hold(actor, project_id)
    closing = ProjectClosing.objects.filter(project=project).first()
    if closing is None or project.status != "done":
        raise Conflict(worded("{number} was not closed here.", number=project.number))
    project.status, project.stage = closing.status_before, closing.stage_before
    project.finished_date, project.archived_at = None, None
    closing.delete()
    _save(actor, project, "delivery.project.reopen", {"status": ["done", project.status]}, now)


def _hold(actor: Actor, project_id: int) -> Project:
    """A project that is hidden looks missing; one that is seen needs the right to change it."""
    project = hold_project(actor, project_id)
    require(actor, "delivery.project.edit")
    return project


def _check_colour(colour: str) -> None:
    if colour not in COLOURS:
        raise Refused.field("colour", worded("“{colour}” is not a colour; choose {colours}.", colour=colour, colours=", ".join(COLOURS)), "unknown")


def _save(actor: Actor, project: Project, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    project.version += 1
    project.updated_at = now
    project.save(update_fields=["status", "stage", "finished_date", "archived_at", "version", "updated_at"])
    _tell(actor, project, operation, changes, now)


def _tell(actor: Actor, project: Project, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    record_change(actor=actor, operation=operation, ref=Ref("delivery.project", project.pk), changes=changes, now=now)
    publish(events.ProjectChanged(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
