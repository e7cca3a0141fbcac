"""Reading services and templates, and turning sold lines into blueprints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from wonward.domains.catalog.models import Service, Template, TemplateVersion
from wonward.domains.catalog.rules import near_key, read_items
from wonward.domains.catalog.types import Blueprint, BlueprintItem, ServiceRow, SoldLine, TemplateRow, Waits
from wonward.foundation.access.policy import require
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money

SORTS = {"name": "name", "-name": "-name", "created_at": "created_at", "-created_at": "-created_at",
         "updated_at": "updated_at", "-updated_at": "-updated_at"}


def list_services(
    *, actor: Actor, text: str = "", updated_since: datetime | None = None, sort: str = "name", offset: int = 0,
    limit: int = 200,
) -> list[ServiceRow]:
    """A page of services; `sort` is one of SORTS."""
    require(actor, "catalog.service.view")
    services = Service.objects.filter(archived_at__isnull=True)
    if text:
        services = services.filter(name__icontains=text)
    if updated_since:
        services = services.filter(updated_at__gte=updated_since)
    return [_service_row(actor, row) for row in services.order_by(SORTS[sort], "pk")[offset : offset + limit]]


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
        row.effort_minutes, row.tone, row.is_to_review, row.version, row.created_at, row.updated_at,
    )


def get_service_facts(service_ids: Iterable[int | None]) -> dict[int, tuple[str, int]]:
    """Name and tone of services by id."""
    wanted = {key for key in service_ids if key}
    rows = Service.objects.filter(pk__in=wanted).values_list("pk", "name", "tone") if wanted else []
    return {key: (name, tone) for key, name, tone in rows}


def get_price_list(service_ids: Collection[int]) -> dict[int, Money | None]:
    """List price per service; a missing id is an unknown service."""
    rows = Service.objects.filter(pk__in=set(service_ids)).values_list("pk", "price_minor", "currency")
    return {key: Money(minor, currency) if minor is not None else None for key, minor, currency in rows}


def get_cost_list(service_ids: Collection[int]) -> dict[int, Money | None]:
    """Planned cost per unit of a service, for budgets; the caller decides who sees it."""
    rows = Service.objects.filter(pk__in=set(service_ids)).values_list("pk", "cost_minor", "currency")
    return {key: Money(minor, currency) if minor is not None else None for key, minor, currency in rows}


def find_services_by_key(keys: Collection[str]) -> dict[str, int]:
    """Ids by service key."""
    return dict(Service.objects.filter(key__in=set(keys)).values_list("key", "pk"))


def list_service_keys() -> list[tuple[int, str, int]]:
    """Id, name and version of every live service, oldest first; for matching, one query."""
    return list(Service.objects.filter(archived_at__isnull=True).order_by("pk").values_list("pk", "name", "version"))


def find_near_services(name: str) -> list[tuple[int, str]]:
    """Services whose name differs only in spaces and punctuation, to be offered, never merged silently."""
    wanted = near_key(name)
    return [(key, other) for key, other in Service.objects.values_list("pk", "name") if near_key(other) == wanted]


def list_templates(
    *, actor: Actor, text: str = "", updated_since: datetime | None = None, sort: str = "name", offset: int = 0,
    limit: int = 50,
) -> list[TemplateRow]:
    """A page of live templates with their current items; `sort` is one of SORTS."""
    require(actor, "catalog.service.view")
    templates = Template.objects.filter(archived_at__isnull=True)
    if text:
        templates = templates.filter(name__icontains=text)
    if updated_since:
        templates = templates.filter(updated_at__gte=updated_since)
    return _template_rows(list(templates.order_by(SORTS[sort], "pk")[offset : offset + limit]))


def get_template(*, actor: Actor, template_id: int) -> TemplateRow:
    """One template, or NotFound."""
    require(actor, "catalog.service.view")
    rows = _template_rows(list(Template.objects.filter(pk=template_id)))
    if not rows:
        raise NotFound("template", template_id)
    return rows[0]


def _template_rows(templates: Sequence[Template]) -> list[TemplateRow]:
    versions = {
        (key, number): items
        for key, number, items in TemplateVersion.objects.filter(template__in=templates).values_list(
            "template_id", "number", "items"
        )
    }
    return [
        TemplateRow(row.pk, row.name, row.current_number, versions[row.pk, row.current_number], row.version,
                    row.created_at, row.updated_at)
        for row in templates
    ]


def get_blueprints(*, name: str, lines: Sequence[SoldLine]) -> list[Blueprint]:
    """The projects a win creates. One per template, in the order sold; lines that share a template become its
    sections; lines without a template add one task to the first project. Never empty."""
    services = {row.pk: row for row in Service.objects.filter(pk__in={line.service_id for line in lines})}
    groups: dict[int, list[tuple[SoldLine, Service]]] = {}
    loose: list[tuple[SoldLine, Service]] = []
    for line in lines:
        service = services[line.service_id]
        if service.template_id:
            groups.setdefault(service.template_id, []).append((line, service))
        else:
            loose.append((line, service))
    if not groups:
        return [_loose_blueprint(name, loose)]
    versions = _current_versions(groups)
    blueprints = [
        _blueprint(name if len(groups) == 1 else f"{name}: {versions[key].template.name}", versions[key], sold)
        for key, sold in groups.items()
    ]
    if loose:
        first = blueprints[0]
        extra = _loose_blueprint(name, loose)
        blueprints[0] = Blueprint(
            first.name, first.template_id, first.template_name, first.template_number,
            (*first.items, *extra.items[:-1]), first.effort_minutes + extra.effort_minutes,
            (*first.service_ids, *extra.service_ids),
        )
    return blueprints


def _current_versions(template_ids: Collection[int]) -> dict[int, TemplateVersion]:
    rows = TemplateVersion.objects.select_related("template").filter(template_id__in=template_ids)
    return {row.template_id: row for row in rows if row.number == row.template.current_number}


def _blueprint(name: str, version: TemplateVersion, sold: Sequence[tuple[SoldLine, Service]]) -> Blueprint:
    items: list[BlueprintItem] = []
    if len(sold) == 1:
        items = read_items(version.items)
    else:
        for place, (_, service) in enumerate(sold, start=1):
            section = f"s{place}"
            items.append(BlueprintItem(section, "phase", service.name, None, 480, 0, "", (), "", ()))
            for item in read_items(version.items, prefix=f"{section}."):
                items.append(item if item.parent else _inside(item, section))
    effort = sum(item.effort_minutes for item in items if item.kind == "task")
    sold_effort = sum(int(line.quantity * service.effort_minutes) for line, service in sold)
    return Blueprint(
        name, version.template_id, version.template.name, version.number, tuple(items), sold_effort or effort,
        tuple(service.pk for _, service in sold),
    )


def _inside(item: BlueprintItem, section: str) -> BlueprintItem:
    return BlueprintItem(
        item.key, item.kind, item.name, section, item.duration_minutes, item.effort_minutes, item.role, item.after,
        item.promise_key, item.checklist,
    )


def _loose_blueprint(name: str, lines: Sequence[tuple[SoldLine, Service]]) -> Blueprint:
    tasks = [
        BlueprintItem(
            f"service-{place}", "task", f"Deliver {service.name}" + (f" × {line.quantity.normalize():f}" if line.quantity != 1 else ""),
            None, 480, int(line.quantity * service.effort_minutes), "", (), "", (),
        )
        for place, (line, service) in enumerate(lines, start=1)
    ] or [BlueprintItem("work", "task", f"Deliver {name}", None, 480, 0, "", (), "", ())]
    done = BlueprintItem("done", "milestone", "Delivered", None, 0, 0, "",
                         tuple(Waits(task.key, "FS", 0) for task in tasks), "", ())
    effort = sum(task.effort_minutes for task in tasks)
    return Blueprint(name, None, "", None, (*tasks, done), effort, tuple(service.pk for _, service in lines))
