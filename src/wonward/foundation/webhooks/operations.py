"""Setting webhooks up; collecting facts for them, and noting how sending went. Nothing is sent in here."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.queries import latest_event_id, list_events_after
from wonward.foundation.events.rules import retry_delay
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.webhooks.models import Sending, Webhook
from wonward.foundation.webhooks.queries import NOUN, RIGHT, list_fact_names
from wonward.foundation.webhooks.rules import (
    ATTEMPTS,
    MOST_WEBHOOKS,
    body_of,
    check_address,
    check_events,
    check_name,
    headers_of,
)
from wonward.foundation.webhooks.types import Parcel, SendingState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

KEPT_FOR = timedelta(days=30)
LEASE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(hours=1)
_COLLECTED_AT_ONCE, _ROUNDS = 200, 25
_SENT_AT_ONCE = 50
_PRUNED_AT_ONCE = 500


@transaction.atomic
def add_webhook(*, actor: Actor, name: str, address: str, events: Collection[str], now: datetime) -> tuple[int, str]:
    """Tell an address of what happens from now on; the webhook and its secret, which is shown this once."""
    require(actor, RIGHT)
    words, place, chosen = check_name(name), check_address(address), check_events(events, list_fact_names())
    if Webhook.objects.count() >= MOST_WEBHOOKS:
        raise Conflict(worded("There are {most} webhooks already. Remove one first.", most=MOST_WEBHOOKS))
    secret = _new_secret()
    hook = Webhook.objects.create(
        name=words, address=place, events=chosen, secret=secret, position=latest_event_id(), created_at=now, updated_at=now
    )
    record_change(
        actor=actor, operation="webhooks.add_webhook", ref=Ref(NOUN, hook.pk), now=now,
        changes={"name": [None, words], "address": [None, place], "events": [None, chosen]},
    )
    return hook.pk, secret


@transaction.atomic
def change_webhook(
    *, actor: Actor, webhook_id: int, name: str | None = None, address: str | None = None, events: Collection[str] | None = None,
    is_active: bool | None = None, version: int | None = None, now: datetime,
) -> None:
    """Change what is not None. What happens while a webhook is off is never sent."""
    hook = _locked(actor, webhook_id)
    if version is not None and version != hook.version:
        raise Stale("Somebody else changed this webhook in the meantime.", current={"version": hook.version}, yours={"version": version})
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = check_name(name)
    if address is not None:
        values["address"] = check_address(address)
    if events is not None:
        values["events"] = check_events(events, {*list_fact_names(), *hook.events})
    if is_active is not None:
        values["is_active"] = is_active
    changes = {field: [getattr(hook, field), value] for field, value in values.items() if getattr(hook, field) != value}
    if not changes:
        return
    more: dict[str, object] = {"position": latest_event_id(), "failures": 0, "paused_until": None} if values.get("is_active") and not hook.is_active else {}
    Webhook.objects.filter(pk=hook.pk).update(**values, **more, version=hook.version + 1, updated_at=now)
    record_change(actor=actor, operation="webhooks.change_webhook", ref=Ref(NOUN, hook.pk), changes=changes, now=now)


@transaction.atomic
def renew_secret(*, actor: Actor, webhook_id: int, now: datetime) -> str:
    """Sign with another secret from now on; it is shown this once."""
    hook = _locked(actor, webhook_id)
    secret = _new_secret()
    Webhook.objects.filter(pk=hook.pk).update(secret=secret, version=hook.version + 1, updated_at=now)
    record_change(actor=actor, operation="webhooks.renew_secret", ref=Ref(NOUN, hook.pk), changes={"secret": [None, "renewed"]}, now=now)
    return secret


@transaction.atomic
def remove_webhook(*, actor: Actor, webhook_id: int, now: datetime) -> None:
    """Tell an address nothing any more; what waited for it goes too."""
    hook = _locked(actor, webhook_id)
    record_change(
        actor=actor, operation="webhooks.remove_webhook", ref=Ref(NOUN, hook.pk), now=now,
        changes={"name": [hook.name, None], "address": [hook.address, None], "events": [hook.events, None]},
    )
    hook.delete()


@transaction.atomic
def send_again(*, actor: Actor, webhook_id: int, sending_id: int, now: datetime) -> None:
    """Send a fact once more, now, with all its attempts. Conflict while the webhook is off."""
    hook = _locked(actor, webhook_id)
    if not hook.is_active:
        raise Conflict("This webhook is off. Turn it on first.")
    again = Sending.objects.filter(pk=sending_id, webhook_id=hook.pk)
    if not again.update(state=SendingState.WAITING, attempts=0, due_at=now, finished_at=None):
        raise NotFound("delivery", sending_id)
    Webhook.objects.filter(pk=hook.pk).update(failures=0, paused_until=None)
    record_change(actor=actor, operation="webhooks.send_again", ref=Ref(NOUN, hook.pk), changes={"delivery": [None, sending_id]}, now=now)
    enqueue("webhooks.send", webhook_id=hook.pk, now=now)


def collect_facts(*, now: datetime) -> list[int]:
    """Note what happened since the last look for every webhook that is on; those that have something to send."""
    for hook in Webhook.objects.filter(is_active=True).order_by("pk"):
        _collect(hook, now)
    waiting = Sending.objects.filter(due_at__lte=now).order_by().values_list("webhook_id", flat=True).distinct()
    return sorted(_ready(now).filter(pk__in=list(waiting)).values_list("pk", flat=True))


def _collect(hook: Webhook, now: datetime) -> None:
    for _ in range(_ROUNDS):
        events = list_events_after(after=hook.position, limit=_COLLECTED_AT_ONCE)
        if not events:
            return
        with transaction.atomic():
            # Only whoever moves the position notes the facts: two workers never note one twice.
            if not Webhook.objects.filter(pk=hook.pk, position=hook.position, is_active=True).update(position=events[-1].id):
                return
            Sending.objects.bulk_create(
                Sending(webhook_id=hook.pk, event_id=event.id, event_name=event.name, body=body_of(event), created_at=now, due_at=now)
                for event in events if event.name in hook.events
            )
        hook.position = events[-1].id


def begin_sending(*, webhook_id: int, now: datetime) -> list[Parcel]:
    """Take what is due of a webhook into our hands, the oldest first; nothing while another worker has it."""
    due = Sending.objects.filter(webhook_id=webhook_id, due_at__lte=now).order_by("event_id")
    with transaction.atomic():
        if not due.exists() or not _ready(now).filter(pk=webhook_id).update(leased_until=now + LEASE):
            return []
        hook = Webhook.objects.get(pk=webhook_id)
        return [
            Parcel(
                one.pk, hook.address, headers_of(secret=hook.secret, sending_id=one.pk, event_name=one.event_name, body=one.body, now=now),
                one.body.encode(),
            )
            for one in due[:_SENT_AT_ONCE]
        ]


def end_sending(*, webhook_id: int, now: datetime, nobody_answered: bool) -> None:
    """Let go of a webhook. Where nobody answered, it rests: the longer, the more often that happened."""
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        if hook is None:
            return
        failures = min(hook.failures + 1, 100) if nobody_answered else 0
        pause = now + min(retry_delay(failures, str(webhook_id)), LONGEST_PAUSE) if failures else None
        Webhook.objects.filter(pk=webhook_id).update(leased_until=None, failures=failures, paused_until=pause)


def record_sending(*, sending_id: int, is_taken: bool, status: int | None, said: str, now: datetime) -> None:
    """Note an attempt. What was not taken is tried again for days, then given up."""
    with transaction.atomic():
        one = Sending.objects.select_for_update().filter(pk=sending_id, due_at__isnull=False).first()
        if one is None:
            return
        attempts = one.attempts + 1
        is_over = is_taken or attempts >= ATTEMPTS
        state = SendingState.TAKEN if is_taken else SendingState.GIVEN_UP if is_over else SendingState.WAITING
        Sending.objects.filter(pk=sending_id).update(
            state=state, attempts=attempts, status=status, said=said.replace("\x00", "")[:300],
            due_at=None if is_over else now + retry_delay(attempts, str(sending_id)), finished_at=now if is_over else None,
        )


def prune_sendings(*, now: datetime) -> int:
    """Forget what was sent or given up more than 30 days ago; how many."""
    forgotten = 0
    while ids := list(Sending.objects.filter(finished_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        forgotten += Sending.objects.filter(pk__in=ids).delete()[0]
    return forgotten


def _ready(now: datetime) -> QuerySet[Webhook]:
    """Webhooks that are on, rest not, and are in nobody's hands."""
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    is_awake = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    return Webhook.objects.filter(is_free, is_awake, is_active=True)


def _locked(actor: Actor, webhook_id: int) -> Webhook:
    require(actor, RIGHT)
    hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if hook is None:
        raise NotFound("webhook", webhook_id)
    return hook


def _new_secret() -> str:
    return f"whs_{secrets.token_urlsafe(32)}"
