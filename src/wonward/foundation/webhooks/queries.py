"""Webhooks and what they sent, for those who set them up."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet

from wonward.foundation.access.policy import require
from wonward.foundation.webhooks.models import Sending, Webhook
from wonward.foundation.webhooks.types import SendingRow, SendingState, WebhookRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.event import Event

NOUN = "webhooks.webhook"
RIGHT = "webhooks.webhook.manage"
# News for one's own inbox are nobody's outside.
_OURS_ALONE = frozenset({"notifications.inbox.changed"})


def visible_webhooks(actor: Actor) -> QuerySet[Webhook]:
    """The webhooks an actor sees."""
    return Webhook.objects.all() if actor.may(RIGHT) else Webhook.objects.none()


def list_fact_names() -> list[str]:
    """Every kind of fact a webhook can be told of, sorted."""
    names = {getattr(kind, "name", "") for kind in _kinds(Event) if kind.__module__.startswith("wonward.")}
    return sorted(names - _OURS_ALONE - {""})


def _kinds(base: type[Event]) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def list_webhooks(*, actor: Actor, webhook_id: int | None = None) -> list[WebhookRow]:
    """Every webhook, the oldest first."""
    require(actor, RIGHT)
    hooks = list(Webhook.objects.order_by("pk") if webhook_id is None else Webhook.objects.filter(pk=webhook_id))
    counted: dict[int, tuple[int, int]] = {
        row["webhook_id"]: (row["waiting"], row["given_up"])
        for row in Sending.objects.filter(webhook_id__in=[one.pk for one in hooks]).values("webhook_id").annotate(
            waiting=Count("pk", filter=Q(due_at__isnull=False)), given_up=Count("pk", filter=Q(state=SendingState.GIVEN_UP))
        )
    }
    return [
        WebhookRow(
            one.pk, one.name, one.address, tuple(one.events), one.is_active, one.version, one.created_at,
            *counted.get(one.pk, (0, 0)), one.paused_until,
        )
        for one in hooks
    ]


def get_webhook(*, actor: Actor, webhook_id: int) -> WebhookRow:
    """One webhook; NotFound."""
    for row in list_webhooks(actor=actor, webhook_id=webhook_id):
        return row
    raise NotFound("webhook", webhook_id)


def list_sendings(*, actor: Actor, webhook_id: int, offset: int = 0, limit: int = 50) -> list[SendingRow]:
    """What a webhook sent, the latest fact first; NotFound."""
    get_webhook(actor=actor, webhook_id=webhook_id)
    return [
        SendingRow(one.pk, one.event_id, one.event_name, SendingState(one.state), one.attempts, one.status, one.said, one.body,
                   one.created_at, one.due_at, one.finished_at)
        for one in Sending.objects.filter(webhook_id=webhook_id).order_by("-event_id")[offset : offset + limit]
    ]
