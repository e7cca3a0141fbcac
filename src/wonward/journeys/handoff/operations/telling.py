"""Telling a client how their project stands, and remembering who saw which forecast."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from wonward.domains.clients.queries import get_contact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.queries.projects import find_projects, get_project
from wonward.domains.delivery.types import ProjectRow
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.access.queries import find_address
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.mail.operations import queue_mail
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import ClientUpdate, ForecastVisit, HandoffProject
from wonward.journeys.handoff.rules.telling import Visit, next_visit
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

WAYS = (CommunicationKind.EMAIL, CommunicationKind.CALL, CommunicationKind.CHAT, CommunicationKind.MEETING)
LONGEST_WORDS = 4000


@transaction.atomic
def tell_client(
    *, actor: Actor, project_id: int, kind: CommunicationKind, words: str, finish_date: date, contact_id: int | None, now: datetime,
    is_sent: bool = False,
) -> int:
    """Log what the client was told about a project's finish, on every record it concerns. Returns the entry's id.

    `finish_date` is the forecast the words speak of: when the plan has moved since, nothing is logged (Stale). With `is_sent`
    the words go to the contact by mail in the same transaction, and an answer to them goes to the actor.
    """
    require(actor, "handoff.client.tell")
    project = get_project(actor=actor, project_id=project_id)
    kind = CommunicationKind.EMAIL if is_sent else kind
    if kind not in WAYS:
        raise Refused.field("kind", "Say how the client was told: by e-mail, call, chat or in a meeting.", "choice")
    text = words.strip()
    if not text:
        raise Refused.field("words", "Write what the client was told.", "required")
    if len(text) > LONGEST_WORDS:
        raise Refused.field("words", worded("At most {longest_words} characters; these are {count}.", longest_words=LONGEST_WORDS, count=len(text)), "length")
    if contact_id is None:
        raise Refused.field("contact_id", "Choose who was told.", "required")
    forecast = project.finished_date or project.forecast_finish_date
    if forecast != finish_date:
        raise Stale(
            "The plan has moved again since you opened this. Read the sentence once more before the client hears it.",
            current={"finish_date": forecast}, yours={"finish_date": finish_date},
        )
    wanted = [Ref("delivery.project", project_id), Ref("clients.company", project.company_id), *_deal_of(project_id)]
    seen = visible_refs(actor, wanted)
    (entry_id,) = log_communications(
        actor=actor, now=now,
        entries=[
            NewCommunication(
                kind=kind, refs=tuple(ref for ref in wanted if ref in seen), body=text, happened_at=now, direction="out",
                privacy="client", participants=(NewParticipant(contact_id=contact_id),),
            )
        ],
    )
    if is_sent:
        _send(actor, project, contact_id, text, now)
    ClientUpdate.objects.create(
        project_id=project_id, finish_date=finish_date, told_by=actor.label[:160], told_at=now, communication_id=entry_id
    )
    record_change(
        actor=actor, operation="handoff.client.tell", ref=Ref("delivery.project", project_id), now=now,
        changes={"told_finish_date": [None, finish_date.isoformat()]},
    )
    publish(events.ClientTold(project_id=project_id, subject_refs=[str(ref) for ref in wanted]), actor=actor, now=now)
    return entry_id


def _send(actor: Actor, project: ProjectRow, contact_id: int, text: str, now: datetime) -> None:
    contact = get_contact(actor=actor, contact_id=contact_id)
    if not contact.email:
        raise Refused.field("contact_id", worded("{name} has no e-mail address. Add one first, or tell them another way.", name=contact.name), "required")
    queue_mail(
        actor=actor, to=contact.email, subject=project.name, text=f"{text}\n\n{actor.label}",
        reply_to=find_address(actor.user_id) if actor.user_id else "", ref=Ref("delivery.project", project.id), now=now,
    )


def _deal_of(project_id: int) -> list[Ref]:
    found = HandoffProject.objects.filter(project_id=project_id).values_list("handoff__deal_id", flat=True).first()
    return [Ref("sales.deal", found)] if found else []


@transaction.atomic
def note_forecast_visits(*, actor: Actor, project_ids: Collection[int], now: datetime) -> None:
    """Remember which forecasts the actor was shown; NotFound names a project they may not see."""
    require(actor, "delivery.project.view")
    shown = find_projects(actor=actor, project_ids=list(project_ids))
    for key in project_ids:
        if key not in shown:
            raise NotFound("project", key)
    if actor.person_id is None:
        return
    former = {
        row.project_id: Visit(row.before_date, row.seen_date, row.seen_at)
        for row in ForecastVisit.objects.filter(person_id=actor.person_id, project_id__in=shown)
    }
    for key, project in sorted(shown.items()):
        visit = next_visit(former.get(key), project.finished_date or project.forecast_finish_date, now=now)
        if visit is not None:
            ForecastVisit.objects.update_or_create(
                person_id=actor.person_id, project_id=key,
                defaults={"before_date": visit.before_date, "seen_date": visit.seen_date, "seen_at": visit.seen_at},
            )
