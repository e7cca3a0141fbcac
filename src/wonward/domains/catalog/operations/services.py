"""Services: what is sold, and how it is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog import events
from wonward.domains.catalog.models import Service, ServicePrice, Template
from wonward.domains.catalog.operations.book import book_rows, noted_amounts, noted_book
from wonward.domains.catalog.rules.book import book_errors
from wonward.domains.catalog.rules.names import service_key
from wonward.domains.catalog.types import PLACEMENTS, BookEntry, NewService
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import Sentence, worded

EDITABLE_SERVICE_FIELDS = ("name", "description", "template_id", "series", "price", "cost", "effort_minutes", "is_to_review",
                           "placement", "book")


@transaction.atomic
def create_services(*, actor: Actor, services: Sequence[NewService], now: datetime) -> list[int]:
    """Add services; a name in use is refused. Returns their ids in order."""
    require(actor, "catalog.service.edit")
    _check_services(services)
    currency = get_organisation().currency
    count = Service.objects.count()
    rows = [
        Service(
            name=new.name.strip()[:200], key=service_key(new.name), description=new.description, template_id=new.template_id,
            series=new.series, price_minor=new.price.minor if new.price else None, cost_minor=new.cost.minor if new.cost else None,
            currency=_currency(new, currency), effort_minutes=new.effort_minutes,
            tone=(count + place) % 6, is_to_review=new.is_to_review, placement=new.placement, external_source=new.external_source,
            external_id=new.external_id, created_at=now, updated_at=now,
        )
        for place, new in enumerate(services)
    ]
    Service.objects.bulk_create(rows)
    ServicePrice.objects.bulk_create(
        priced for row, new in zip(rows, services, strict=True) for priced in book_rows(row.pk, new.book)
    )
    record_changes(
        actor=actor, operation="catalog.service.create", now=now,
        changes=[Change(Ref("catalog.service", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.ServicesCreated(service_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


def _currency(new: NewService, reporting: str) -> str:
    known = new.price or new.cost
    return known.currency if known else reporting


def _check_services(services: Sequence[NewService]) -> None:
    many = len(services) > 1
    taken = set(Service.objects.filter(key__in={service_key(new.name) for new in services}).values_list("key", flat=True))
    wanted = {new.template_id for new in services if new.template_id}
    templates = set(Template.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    errors = []
    for index, new in enumerate(services):
        at = f"services[{index}]." if many else ""
        if not new.name.strip():
            errors.append(FieldError(f"{at}name", "A service needs a name.", "required"))
        elif service_key(new.name) in taken:
            errors.append(FieldError(f"{at}name", worded("There already is a service “{name}”.", name=new.name), "taken"))
        taken.add(service_key(new.name))
        if new.template_id and new.template_id not in templates:
            errors.append(FieldError(f"{at}template_id", worded("There is no template {template_id}.", template_id=new.template_id), "unknown"))
        if new.placement not in PLACEMENTS:
            errors.append(FieldError(f"{at}placement", _placement_words(new.placement), "unknown"))
        if new.price and new.cost and new.price.currency != new.cost.currency:
            errors.append(FieldError(f"{at}cost", "Price and cost of a service are in the same currency."))
        errors += book_errors(new.book, own=_currency(new, get_organisation().currency), at=at)
        if new.cost and new.cost.minor < 0:
            errors.append(FieldError(f"{at}cost", "A cost cannot be negative.", "range"))
        if new.price and new.price.minor < 0:
            errors.append(FieldError(f"{at}price", "A price cannot be negative.", "range"))
    if errors:
        raise Refused(errors[0].words, errors)


@transaction.atomic
def change_service(
    *, actor: Actor, service_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a service's own fields; `price` and `cost` are Money or None, `book` replaces its entries in other currencies.

    A stale version writes nothing. Who may not see an amount of the book leaves it as it is. A price of its own in another
    currency takes the place of what the book had in that currency.
    """
    require(actor, "catalog.service.edit")
    service = _lock(service_id, version, changes)
    values = _plain_changes(service, {field: value for field, value in changes.items() if field != "book"})
    changed = {field: [getattr(service, field), value] for field, value in values.items() if getattr(service, field) != value}
    amounts = [noted_amounts(service)]
    for field, (_, value) in changed.items():
        setattr(service, field, value)
    amounts.append(noted_amounts(service))
    audit: dict[str, Any] = {field: pair for field, pair in changed.items() if field not in ("price_minor", "cost_minor", "currency", "key")}
    audit |= {name: [amounts[0][name], amounts[1][name]] for name in amounts[0] if amounts[0][name] != amounts[1][name]}
    if "book" in changes or "currency" in changed:
        audit |= _replace_book(actor, service, changes.get("book"))
    if not changed and not audit:
        return
    _save(actor, service, "catalog.service.change", audit, now)


def _lock(service_id: int, version: int | None, yours: Mapping[str, Any], *, is_archived: bool = False) -> Service:
    """Take a live service for writing, or with `is_archived` any that is not an alias of another."""
    services = Service.objects.select_for_update(of=("self",)).filter(pk=service_id, merged_into__isnull=True)
    service = (services if is_archived else services.filter(archived_at__isnull=True)).first()
    if service is None:
        raise NotFound("service", service_id)
    if version is not None and version != service.version:
        raise Stale(
            worded("{name} was changed by somebody else in the meantime.", name=service.name),
            current={field: getattr(service, field, None) for field in yours}, yours=yours,
        )
    return service


def _save(actor: Actor, service: Service, operation: str, audit: Mapping[str, Any], now: datetime) -> None:
    service.version += 1
    service.updated_at = now
    service.save()
    record_change(actor=actor, operation=operation, ref=Ref("catalog.service", service.pk), changes=audit, now=now)
    publish(events.ServiceChanged(service_id=service.pk), actor=actor, now=now)


def _replace_book(actor: Actor, service: Service, entries: Sequence[BookEntry] | None) -> dict[str, list[Any]]:
    """Write the book of a service; without entries, only what its own currency has taken the place of goes. What changed."""
    before = {row.currency: row for row in ServicePrice.objects.filter(service=service)}
    if entries is None:
        kept = [row for row in before.values() if row.currency != service.currency]
    else:
        if errors := book_errors(entries, own=service.currency):
            raise Refused(errors[0].words, errors)
        kept = book_rows(service.pk, entries)
        for row in kept:
            former = before.get(row.currency)
            if not actor.may("catalog.price.view"):
                row.price_minor = former.price_minor if former else None
            if not actor.may("catalog.cost.view"):
                row.cost_minor = former.cost_minor if former else None
    noted = [noted_book(before.values()), noted_book(kept)]
    if noted[0] == noted[1]:
        return {}
    ServicePrice.objects.filter(service=service).delete()
    ServicePrice.objects.bulk_create(ServicePrice(
        service=service, currency=row.currency, price_minor=row.price_minor, cost_minor=row.cost_minor
    ) for row in kept)
    return {"book": list(noted)}


def _placement_words(value: Any) -> Sentence:
    return worded("“{value}” is not a place for the work; choose {kinds} or {last}.", value=value, kinds=", ".join(PLACEMENTS[:-1]), last=PLACEMENTS[-1])


def _plain_changes(service: Service, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns a change writes, checked."""
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in EDITABLE_SERVICE_FIELDS:
            raise Refused.field(field, worded("{field} of a service cannot be changed here.", field=field), "unknown")
        if field in ("price", "cost"):
            if value is not None and value.minor < 0:
                raise Refused.field(field, "A price cannot be negative.", "range")
            values[f"{field}_minor"] = value.minor if value else None
            values["currency"] = value.currency if value else service.currency
        else:
            values[field] = value
    if values.get("template_id") is not None and not Template.objects.filter(pk=values["template_id"]).exists():
        raise Refused.field("template_id", worded("There is no template {template_id}.", template_id=values["template_id"]), "unknown")
    if values.get("placement", PLACEMENTS[0]) not in PLACEMENTS:
        raise Refused.field("placement", _placement_words(values["placement"]), "unknown")
    if "name" in values:
        values["name"] = str(values["name"] or "").strip()[:200]
        values["key"] = service_key(values["name"])
        if not values["name"]:
            raise Refused.field("name", "A service needs a name.", "required")
        if Service.objects.filter(key=values["key"]).exclude(pk=service.pk).exists():
            raise Refused.field("name", worded("There already is a service “{name}”.", name=values["name"]), "taken")
    return values


@transaction.atomic
def archive_services(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Archive services that are still at the given version, and free their names and external ids; those archived."""
    require(actor, "catalog.service.edit")
    rows = [
        row for row in Service.objects.select_for_update().filter(pk__in=versions, archived_at__isnull=True)
        if row.version == versions[row.pk]
    ]
    for row in rows:
        row.archived_at, row.updated_at, row.version = now, now, row.version + 1
        row.key, row.external_id = f"{row.key[:170]} archived {row.pk}", ""
    Service.objects.bulk_update(rows, ["archived_at", "updated_at", "version", "key", "external_id"], batch_size=200)
    record_changes(
        actor=actor, operation="catalog.service.archive", now=now,
        changes=[Change(Ref("catalog.service", row.pk), {"archived_at": [None, now]}) for row in rows],
    )
    return {row.pk for row in rows}


@transaction.atomic
def archive_service(
    *, actor: Actor, service_id: int, is_archived: bool = True, version: int | None = None, now: datetime
) -> None:
    """Take a service off the price list, or put it back. Deals that sold it keep it; its name is free meanwhile."""
    require(actor, "catalog.service.edit")
    service = _lock(service_id, version, {}, is_archived=True)
    if (service.archived_at is not None) == is_archived:
        return
    key = service_key(service.name)
    if not is_archived and Service.objects.filter(key=key).exclude(pk=service.pk).exists():
        raise Conflict(worded("There is another service “{name}” now; rename that one first.", name=service.name))
    before, service.archived_at = service.archived_at, now if is_archived else None
    service.key = f"{key[:170]} archived {service.pk}" if is_archived else key
    _save(actor, service, "catalog.service.archive", {"archived_at": [before, service.archived_at]}, now)


@transaction.atomic
def merge_service(
    *, actor: Actor, service_id: int, into_id: int, version: int | None = None, now: datetime
) -> None:
    """Let a service be another name of an existing one: what sold it is delivered as that one, and imports find it there."""
    require(actor, "catalog.service.edit")
    if service_id == into_id:
        raise Refused.field("into_id", "A service cannot be merged into itself.", "self")
    target = Service.objects.select_for_update(of=("self",)).filter(
        pk=into_id, archived_at__isnull=True, merged_into__isnull=True
    ).first()
    if target is None:
        raise Refused.field("into_id", worded("There is no service {into_id} to merge into.", into_id=into_id), "unknown")
    service = _lock(service_id, version, {"into_id": into_id})
    Service.objects.filter(merged_into=service).update(merged_into=target)
    service.merged_into, service.archived_at, service.is_to_review = target, now, False
    _save(actor, service, "catalog.service.merge", {"merged_into": [None, target.name]}, now)
