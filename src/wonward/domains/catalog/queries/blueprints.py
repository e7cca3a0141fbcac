"""From what was sold to the projects a win creates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from wonward.domains.catalog.models import Service, TemplateVersion
from wonward.domains.catalog.queries.book import resolved
from wonward.domains.catalog.queries.templates import get_template
from wonward.domains.catalog.rules.composing import compose_additions, compose_projects
from wonward.domains.catalog.rules.expanding import expand_items
from wonward.domains.catalog.rules.role_hours import hours_for_one
from wonward.domains.catalog.types import (
    ALL_OPTIONS,
    Blueprint,
    BlueprintItem,
    FrozenTemplate,
    Hours,
    SoldLine,
    SoldService,
)
from wonward.foundation.database.prepared import Values, rows_among
from wonward.kernel.actor import Actor


def get_blueprints(*, name: str, lines: Sequence[SoldLine]) -> list[Blueprint]:
    """The projects a win creates, main project first, by the rule of `rules.composing`. Never empty.

    The templates' current versions are copied, archived ones too; nothing here can change a template.
    """
    return list_blueprints(deals=[(name, lines)])[0]


def get_additions(*, name: str, lines: Sequence[SoldLine], there: Sequence[str]) -> list[tuple[int | None, Blueprint]]:
    """What lines sold later add to the projects there are, by the rule of `rules.composing.compose_additions`."""
    services = resolved({line.service_id for line in lines})
    versions = _current_versions({row.template_id for row in services.values() if row.template_id})
    return compose_additions(name, [_sold(line, services) for line in lines], versions, there)


def list_blueprints(*, deals: Sequence[tuple[str, Sequence[SoldLine]]]) -> list[list[Blueprint]]:
    """The same for many deals, each a name and its lines, in their order; two queries whatever their number."""
    services = resolved({line.service_id for _, lines in deals for line in lines})
    versions = _current_versions({row.template_id for row in services.values() if row.template_id})
    return [
        compose_projects(
            name,
            [_sold(line, services) for line in lines],
            versions,
        )
        for name, lines in deals
    ]


def get_role_hours(service_ids: Collection[int]) -> dict[int, Hours]:
    """Minutes of each role that one unit of a service plans, all its options sold, by its template."""
    services = resolved(service_ids)
    versions = _current_versions({row.template_id for row in services.values() if row.template_id})
    return {
        key: hours_for_one(expand_items(versions[row.template_id].items) if row.template_id in versions else (), row.effort_minutes)
        for key, row in services.items()
    }


def _sold(line: SoldLine, services: Mapping[int, Service]) -> tuple[SoldLine, SoldService]:
    found = services[line.service_id]
    return line, SoldService(line.service_id, found.name, found.template_id, found.effort_minutes, found.placement)


def _current_versions(template_ids: Collection[int]) -> dict[int, FrozenTemplate]:
    found = rows_among("current versions", _current, {}, name="templates", choices=template_ids)
    return {key: FrozenTemplate(key, name, number, items) for key, name, number, items in found}


def _current(values: Values) -> QuerySet[Any, Any]:
    versions = TemplateVersion.objects.filter(template_id__in=values["templates"], number=F("template__current_number"))
    return versions.values_list("template_id", "template__name", "number", "items")


def get_preview_items(
    *, actor: Actor, template_id: int, quantity: Decimal = Decimal(1), options: frozenset[str] = ALL_OPTIONS
) -> tuple[BlueprintItem, ...]:
    """The items a project made of this template alone would have."""
    row = get_template(actor=actor, template_id=template_id)
    return tuple(expand_items(row.items, quantity=quantity, options=options))


def expand_draft(
    items: Sequence[Mapping[str, Any]], *, quantity: Decimal = Decimal(1), options: frozenset[str] = ALL_OPTIONS
) -> tuple[BlueprintItem, ...]:
    """The same for items that are not saved yet; they have passed `find_mistakes`."""
    return tuple(expand_items(items, quantity=quantity, options=options))
