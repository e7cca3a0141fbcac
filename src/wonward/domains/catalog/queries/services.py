"""Reading what we sell. A merged service is another name of the one it was merged into."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from wonward.domains.catalog.models import Service, TemplateVersion
from wonward.domains.catalog.queries.book import book_of, read_book, resolved
from wonward.domains.catalog.rules.expanding import list_options
from wonward.domains.catalog.rules.names import near_key, service_key
from wonward.domains.catalog.types import Listed, Offer, ServiceRow
from wonward.foundation.access.policy import require
from wonward.foundation.audit.queries import AuditRow, list_changes_since
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

SORTS = {"name": "name", "-name": "-name", "created_at": "created_at", "-created_at": "-created_at",
         "updated_at": "updated_at", "-updated_at": "-updated_at"}


def list_services(
    *, actor: Actor, text: str = "", updated_since: datetime | None = None, is_archived: bool = False, sort: str = "name",
    offset: int = 0, limit: int = 200,
) -> list[ServiceRow]:
    """A page of live services, or of archived ones; `sort` is one of SORTS."""
    require(actor, "catalog.service.view")
    services = Service.objects.filter(archived_at__isnull=not is_archived, merged_into__isnull=True)
    if text:
        services = services.filter(name__icontains=text)
    if updated_since:
        services = services.filter(updated_at__gte=updated_since)
    return [_service_row(actor, row) for row in services.prefetch_related("book").order_by(SORTS[sort], "pk")[offset : offset + limit]]


def get_service(*, actor: Actor, service_id: int) -> ServiceRow:
    """One service, or NotFound."""
    require(actor, "catalog.service.view")
    row = Service.objects.filter(pk=service_id).first()
    if row is None:
        raise NotFound("service", service_id)
    return _service_row(actor, row)


def _service_row(actor: Actor, row: Service) -> ServiceRow:
    may_see_price, may_see_cost = actor.may("catalog.price.view"), actor.may("catalog.cost.view")
    return ServiceRow(
        row.pk, row.name, row.description, row.template_id,
        Money(row.price_minor, row.currency) if may_see_price and row.price_minor is not None else None,
        Money(row.cost_minor, row.currency) if may_see_cost and row.cost_minor is not None else None,
        row.effort_minutes, row.tone, row.is_to_review, row.version, row.created_at, row.updated_at, row.placement, row.archived_at,
        row.merged_into_id, book_of(row, with_price=may_see_price, with_cost=may_see_cost),
    )


def has_services(*, actor: Actor) -> bool:
    """Whether anything is sold yet."""
    require(actor, "catalog.service.view")
    return Service.objects.filter(archived_at__isnull=True, merged_into__isnull=True).exists()


def list_service_history(*, actor: Actor, service_id: int, limit: int = 30) -> list[AuditRow]:
    """The newest changes of a service, without amounts the viewer may not see."""
    get_service(actor=actor, service_id=service_id)
    rows = list_changes_since(actor=actor, refs=[Ref("catalog.service", service_id)], since=datetime.min.replace(tzinfo=UTC), limit=limit)
    return [row for _ref, row in rows]


def get_service_facts(service_ids: Iterable[int | None]) -> dict[int, tuple[str, int]]:
    """Name and tone of services by id."""
    rows = resolved({key for key in service_ids if key})
    return {key: (row.name, row.tone) for key, row in rows.items()}


def get_price_list(wanted: Collection[tuple[int, str]], *, on: date) -> dict[tuple[int, str], Listed]:
    """The price of services, each in the currency asked for with it; a missing pair is an unknown service."""
    rows = resolved({key for key, _currency in wanted})
    book = read_book(rows.values(), {currency for _key, currency in wanted}, on=on)
    return {(key, currency): book.price(rows[key].pk, currency) for key, currency in wanted if key in rows}


def get_cost_list(service_ids: Collection[int], *, currency: str, on: date) -> dict[int, Money | None]:
    """Planned cost per unit of a service in a currency, for budgets; the caller decides who sees it."""
    rows = resolved(set(service_ids))
    book = read_book(rows.values(), {currency}, on=on)
    return {key: book.cost(row.pk, currency).amount for key, row in rows.items()}


def get_offers(service_ids: Collection[int], *, currency: str, on: date) -> dict[int, Offer]:
    """What each service is offered with in a currency, archived ones too; a missing id is unknown. Mind who sees the price."""
    rows = resolved(set(service_ids))
    book = read_book(rows.values(), {currency}, on=on)
    wanted = {row.template_id for row in rows.values() if row.template_id}
    current = TemplateVersion.objects.filter(template_id__in=wanted, number=F("template__current_number"))
    options = {key: tuple(list_options(items)) for key, items in current.values_list("template_id", "items")} if wanted else {}
    listed = {key: book.price(row.pk, currency) for key, row in rows.items()}
    return {
        key: Offer(
            key, row.name, listed[key].amount, options.get(row.template_id or 0, ()), row.archived_at is not None,
            listed[key].conversion, listed[key].missing_rate,
        )
        for key, row in rows.items()
    }


def list_service_options(service_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The options in the current template of each service; one query, none without ids. A service without any is missing."""
    if not service_ids:
        return {}
    rows = prepared.rows_for_each("items of a service", _items_sold, {}, name="service", choices=sorted(set(service_ids)))
    return {key: options for key, items in rows if (options := tuple(list_options(items)))}


def list_promise_keys(service_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The promise keys in the current template of each service, in order; one query, none without ids."""
    if not service_ids:
        return {}
    rows = prepared.rows_for_each("items of a service", _items_sold, {}, name="service", choices=sorted(set(service_ids)))
    return {key: tuple(dict.fromkeys(item["promise_key"] for item in items if item.get("promise_key"))) for key, items in rows}


def _items_sold(values: Values) -> QuerySet[Any, Any]:
    template = Coalesce("merged_into__template_id", "template_id")
    current = TemplateVersion.objects.filter(template_id=OuterRef("of"), number=F("template__current_number"))
    found = Service.objects.filter(pk=values["service"]).annotate(of=template, items=Subquery(current.values("items")[:1]))
    return found.exclude(items=None).values_list("pk", "items")


def find_services_by_key(keys: Collection[str]) -> dict[str, int]:
    """Ids by service key."""
    rows = Service.objects.filter(key__in=set(keys)).values_list("key", "pk", "merged_into_id")
    return {key: merged or service_id for key, service_id, merged in rows}


def list_service_keys() -> list[tuple[int, str, int]]:
    """Id, name and version of every live service, oldest first, aliases under the id they stand for; for matching."""
    live = list(Service.objects.filter(archived_at__isnull=True).order_by("pk").values_list("pk", "name", "version"))
    aliases = Service.objects.filter(merged_into__archived_at__isnull=True, merged_into__isnull=False).order_by("pk")
    return live + list(aliases.values_list("merged_into_id", "name", "merged_into__version"))


def find_near_services(name: str) -> list[tuple[int, str]]:
    """Live services whose name differs only in spaces and punctuation, to be offered, never merged silently."""
    wanted, own = near_key(name), service_key(name)
    rows = Service.objects.filter(archived_at__isnull=True).values_list("pk", "name")
    return [(key, other) for key, other in rows if near_key(other) == wanted and service_key(other) != own]


def get_services_effort(service_ids: Collection[int]) -> dict[int, int]:
    """Planned minutes per unit of a service."""
    return {key: row.effort_minutes for key, row in resolved(set(service_ids)).items()}
