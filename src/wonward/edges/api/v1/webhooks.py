"""Webhooks: facts told to other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Flag, Label, ListQuery, Paragraph
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.access.policy import require
from wonward.foundation.webhooks.operations import (
    add_webhook,
    change_webhook,
    remove_webhook,
    renew_secret,
    send_again,
)
from wonward.foundation.webhooks.queries import (
    get_webhook,
    list_fact_names,
    list_sendings,
    list_webhooks,
)
from wonward.foundation.webhooks.types import SendingRow, WebhookRow

_RIGHT = "webhooks.webhook.manage"
_EXAMPLE = {"name": "Invoices", "address": "https://hooks.example.com/wonward", "events": ["sales.deal.won"]}
Facts = Annotated[list[Label], Field(max_length=300)]


class WebhookOut(msgspec.Struct, frozen=True):
    """An address that is told of facts. `paused_until` is set while nobody answers there."""

    id: int
    name: str
    address: str
    events: list[str]
    is_active: bool
    version: int
    waiting: int
    given_up: int
    paused_until: datetime | None
    created_at: datetime


class WebhooksOut(msgspec.Struct, frozen=True):
    """Every webhook."""

    items: list[WebhookOut]


class NewWebhookOut(msgspec.Struct, frozen=True):
    """A new webhook with the secret it signs with, which is shown this once."""

    id: int
    secret: str


class SecretOut(msgspec.Struct, frozen=True):
    """The secret a webhook signs with from now on, shown this once."""

    secret: str


class WebhookEventsOut(msgspec.Struct, frozen=True):
    """Every fact a webhook can be told of."""

    items: list[str]


class DeliveryOut(msgspec.Struct, frozen=True):
    """One fact for one webhook: waiting, taken or given_up. `status` and `said` are what the other side answered last."""

    id: int
    event_id: int
    event: str
    state: str
    attempts: int
    status: int | None
    said: str
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


class WebhookIn(Body):
    """An https address outside, and the facts it is told of."""

    name: Label
    address: Paragraph
    events: Facts


class WebhookChangeIn(Body):
    """What shall be different."""

    name: Label | None = None
    address: Paragraph | None = None
    events: Facts | None = None
    is_active: Flag | None = None


def _hook(row: WebhookRow) -> WebhookOut:
    return WebhookOut(
        row.id, row.name, row.address, list(row.events), row.is_active, row.version, row.waiting, row.given_up, row.paused_until, row.created_at
    )


def _delivery(row: SendingRow) -> DeliveryOut:
    return DeliveryOut(
        row.id, row.event_id, row.event_name, row.state.value, row.attempts, row.status, row.said, row.created_at, row.due_at, row.finished_at
    )


@route("GET", "/webhooks", permission=_RIGHT, answers={200: WebhooksOut})
def read_webhooks(request: ApiRequest) -> HttpResponse:
    """Every webhook."""
    return answer(WebhooksOut([_hook(row) for row in list_webhooks(actor=request.actor)]))


@route("GET", "/webhook-events", permission=_RIGHT, answers={200: WebhookEventsOut})
def read_webhook_events(request: ApiRequest) -> HttpResponse:
    """Every fact a webhook can be told of."""
    require(request.actor, _RIGHT)
    return answer(WebhookEventsOut(list_fact_names()))


@route("POST", "/webhooks", permission=_RIGHT, answers={201: NewWebhookOut}, example=_EXAMPLE)
def add_webhook_now(request: ApiRequest, body: WebhookIn) -> HttpResponse:
    """Tell an address of what happens from now on. The answer holds the secret it is signed with, this once."""
    webhook_id, secret = add_webhook(actor=request.actor, name=body.name, address=body.address, events=body.events, now=request.now)
    return answer(NewWebhookOut(webhook_id, secret), status=201, location=f"/webhooks/{webhook_id}")


@route("GET", "/webhooks/{record:webhook_id}", permission=_RIGHT, answers={200: WebhookOut})
def read_webhook(request: ApiRequest, webhook_id: int) -> HttpResponse:
    """One webhook."""
    return _shown(request, webhook_id)


@route("PATCH", "/webhooks/{record:webhook_id}", permission=_RIGHT, answers={200: WebhookOut}, example={"is_active": False})
def edit_webhook(request: ApiRequest, webhook_id: int, body: WebhookChangeIn) -> HttpResponse:
    """Change a webhook, or turn it off and on. What happens while it is off is never sent."""
    change_webhook(
        actor=request.actor, webhook_id=webhook_id, name=body.name, address=body.address, events=body.events, is_active=body.is_active,
        version=version_asked(request), now=request.now,
    )
    return _shown(request, webhook_id)


@route("DELETE", "/webhooks/{record:webhook_id}", permission=_RIGHT, answers={204: None})
def delete_webhook(request: ApiRequest, webhook_id: int) -> HttpResponse:
    """Tell the address nothing any more."""
    remove_webhook(actor=request.actor, webhook_id=webhook_id, now=request.now)
    return HttpResponse(status=204)


@route("POST", "/webhooks/{record:webhook_id}/secret", permission=_RIGHT, answers={200: SecretOut})
def renew_webhook_secret(request: ApiRequest, webhook_id: int) -> HttpResponse:
    """Sign with another secret from now on."""
    return answer(SecretOut(renew_secret(actor=request.actor, webhook_id=webhook_id, now=request.now)))


@route("GET", "/webhooks/{record:webhook_id}/deliveries", permission=_RIGHT, answers={200: Page[DeliveryOut]})
def read_deliveries(request: ApiRequest, webhook_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """What a webhook sent in the last 30 days, the latest fact first."""
    rows = list_sendings(actor=request.actor, webhook_id=webhook_id, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, _delivery)


@route("POST", "/webhooks/{record:webhook_id}/deliveries/{record:delivery_id}/attempts", permission=_RIGHT, answers={202: None})
def add_delivery_attempt(request: ApiRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send a fact once more, now."""
    send_again(actor=request.actor, webhook_id=webhook_id, sending_id=delivery_id, now=request.now)
    return HttpResponse(status=202)


def _shown(request: ApiRequest, webhook_id: int) -> HttpResponse:
    row = get_webhook(actor=request.actor, webhook_id=webhook_id)
    return answer(_hook(row), version=row.version)
