"""Adding and changing services and templates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog import events
from wonward.domains.catalog.models import Service, Template, TemplateVersion
from wonward.domains.catalog.rules import check_items, service_key
from wonward.domains.catalog.types import NewService
from wonward.domains.staff.operations import ensure_roles
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

EDITABLE_SERVICE_FIELDS = ("name", "description", "template_id", "series", "price", "cost", "effort_minutes", "is_to_review")


@transaction.atomic
def create_template(*, actor: Actor, name: str, items: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Add a template with its first version; a cycle or an unknown key is refused naming the item."""
    require(actor, "catalog.template.edit")
    _check_template(name, items)
    template = Template.objects.create(name=name.strip()[:200], created_at=now, updated_at=now)
    _add_version(template, items, now)
    record_change(
        actor=actor, operation="catalog.template.create", ref=Ref("catalog.template", template.pk),
        changes={"name": [None, template.name]}, now=now,
    )
    publish(events.TemplateChanged(template_id=template.pk), actor=actor, now=now)
    return template.pk


@transaction.atomic
def change_template(
    *, actor: Actor, template_id: int, name: str, items: Sequence[Mapping[str, Any]], version: int | None, now: datetime
) -> None:
    """Write the next version of a template; earlier versions and projects made from them stay as they are."""
    require(actor, "catalog.template.edit")
    template = Template.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise NotFound("template", template_id)
    if version is not None and version != template.version:
        raise Stale(f"{template.name} was changed by somebody else.", current={"name": template.name}, yours={"name": name})
    _check_template(name, items)
    before = template.name
    template.name, template.current_number = name.strip()[:200], template.current_number + 1
    template.version, template.updated_at = template.version + 1, now
    template.save()
    _add_version(template, items, now)
    record_change(
        actor=actor, operation="catalog.template.change", ref=Ref("catalog.template", template.pk),
        changes={"name": [before, template.name], "number": [template.current_number - 1, template.current_number]}, now=now,
    )
    publish(events.TemplateChanged(template_id=template.pk), actor=actor, now=now)


def _check_template(name: str, items: Sequence[Mapping[str, Any]]) -> None:
    errors = check_items(items)
    if not name.strip():
        errors.insert(0, FieldError("name", "A template needs a name.", "required"))
    if errors:
        raise Refused(errors[0].message, errors)


def _add_version(template: Template, items: Sequence[Mapping[str, Any]], now: datetime) -> None:
    document = [dict(item) for item in items]
    ensure_roles(names={str(item.get("role") or "") for item in document}, now=now)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    TemplateVersion.objects.create(
        template=template, number=template.current_number, items=document,
        digest=hashlib.sha256(text.encode()).hexdigest(), created_at=now,
    )


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
            tone=(count + place) % 6, is_to_review=new.is_to_review, external_source=new.external_source,
            external_id=new.external_id, created_at=now, updated_at=now,
        )
        for place, new in enumerate(services)
    ]
    Service.objects.bulk_create(rows)
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
            errors.append(FieldError(f"{at}name", f"There already is a service “{new.name}”.", "taken"))
        taken.add(service_key(new.name))
        if new.template_id and new.template_id not in templates:
            errors.append(FieldError(f"{at}template_id", f"There is no template {new.template_id}.", "unknown"))
        if new.price and new.cost and new.price.currency != new.cost.currency:
            errors.append(FieldError(f"{at}cost", "Price and cost of a service are in the same currency."))
        if new.cost and new.cost.minor < 0:
            errors.append(FieldError(f"{at}cost", "A cost cannot be negative.", "range"))
        if new.price and new.price.minor < 0:
            errors.append(FieldError(f"{at}price", "A price cannot be negative.", "range"))
    if errors:
        raise Refused(errors[0].message, errors)


@transaction.atomic
def change_service(
    *, actor: Actor, service_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a service's own fields; `price` and `cost` are Money or None. A stale version writes nothing."""
    require(actor, "catalog.service.edit")
    service = Service.objects.select_for_update(of=("self",)).filter(pk=service_id, archived_at__isnull=True).first()
    if service is None:
        raise NotFound("service", service_id)
    if version is not None and version != service.version:
        raise Stale(
            f"{service.name} was changed by somebody else in the meantime.",
            current={field: getattr(service, field, None) for field in changes}, yours=changes,
        )
    values = _plain_changes(service, changes)
    audit = {field: [getattr(service, field), value] for field, value in values.items() if getattr(service, field) != value}
    if not audit:
        return
    for field, (_, value) in audit.items():
        setattr(service, field, value)
    service.version += 1
    service.updated_at = now
    service.save()
    record_change(actor=actor, operation="catalog.service.change", ref=Ref("catalog.service", service.pk), changes=audit, now=now)
    publish(events.ServiceChanged(service_id=service.pk), actor=actor, now=now)


def _plain_changes(service: Service, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns a change writes, checked."""
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in EDITABLE_SERVICE_FIELDS:
            raise Refused.field(field, f"{field} of a service cannot be changed here.", "unknown")
        if field in ("price", "cost"):
            if value is not None and value.minor < 0:
                raise Refused.field(field, "A price cannot be negative.", "range")
            values[f"{field}_minor"] = value.minor if value else None
            values["currency"] = value.currency if value else service.currency
        else:
            values[field] = value
    if "name" in values:
        values["name"] = str(values["name"] or "").strip()[:200]
        values["key"] = service_key(values["name"])
        if not values["name"]:
            raise Refused.field("name", "A service needs a name.", "required")
        if Service.objects.filter(key=values["key"]).exclude(pk=service.pk).exists():
            raise Refused.field("name", f"There already is a service “{values['name']}”.", "taken")
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
