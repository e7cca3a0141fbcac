"""Reading templates, their versions and what changed between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from wonward.domains.catalog.models import Template, TemplateVersion
from wonward.domains.catalog.queries.services import SORTS
from wonward.domains.catalog.rules.checking import check_items
from wonward.domains.catalog.rules.comparing import compare_items
from wonward.domains.catalog.rules.expanding import list_options
from wonward.domains.catalog.rules.files import write_file
from wonward.domains.catalog.rules.gallery import GALLERY
from wonward.domains.catalog.types import GalleryTemplate, ItemChange, TemplateRow, TemplateVersionRow
from wonward.foundation.access.policy import require
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound


def list_templates(
    *, actor: Actor, text: str = "", updated_since: datetime | None = None, is_archived: bool = False, sort: str = "name",
    offset: int = 0, limit: int = 50,
) -> list[TemplateRow]:
    """A page of live templates, or of archived ones, with their current items; `sort` is one of SORTS."""
    require(actor, "catalog.service.view")
    templates = Template.objects.filter(archived_at__isnull=not is_archived)
    if text:
        templates = templates.filter(name__icontains=text)
    if updated_since:
        templates = templates.filter(updated_at__gte=updated_since)
    return _template_rows(list(templates.order_by(SORTS[sort], "pk")[offset : offset + limit]))


def get_template(*, actor: Actor, template_id: int) -> TemplateRow:
    """One template, archived or not, or NotFound."""
    require(actor, "catalog.service.view")
    rows = _template_rows(list(Template.objects.filter(pk=template_id)))
    if not rows:
        raise NotFound("template", template_id)
    return rows[0]


def _template_rows(templates: Sequence[Template]) -> list[TemplateRow]:
    current = TemplateVersion.objects.filter(template__in=templates, number=F("template__current_number"))
    versions = {key: (items, digest) for key, items, digest in current.values_list("template_id", "items", "digest")}
    return [
        TemplateRow(row.pk, row.name, row.current_number, versions[row.pk][0], row.version, row.created_at, row.updated_at,
                    row.archived_at, row.origin, versions[row.pk][1])
        for row in templates
    ]


def list_template_versions(*, actor: Actor, template_id: int) -> list[TemplateVersionRow]:
    """Every version of a template, newest first."""
    get_template(actor=actor, template_id=template_id)
    return [_version_row(row) for row in TemplateVersion.objects.filter(template_id=template_id).order_by("-number")]


def get_template_version(*, actor: Actor, template_id: int, number: int) -> TemplateVersionRow:
    """One version of a template, as it was and will be."""
    require(actor, "catalog.service.view")
    row = TemplateVersion.objects.filter(template_id=template_id, number=min(number, 2**31 - 1)).first()
    if row is None:
        raise NotFound("template version", f"{template_id}.{number}")
    return _version_row(row)


def _version_row(row: TemplateVersion) -> TemplateVersionRow:
    return TemplateVersionRow(row.template_id, row.number, row.items, row.note, row.author_label, row.digest, row.created_at)


def compare_versions(*, actor: Actor, template_id: int, before: int, after: int) -> list[ItemChange]:
    """What changed between two versions, item by item; the version 0 is an empty plan."""
    old = get_template_version(actor=actor, template_id=template_id, number=before).items if before else []
    return compare_items(old, get_template_version(actor=actor, template_id=template_id, number=after).items)


def compare_drafts(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[ItemChange]:
    """What an unsaved list of items would change."""
    return compare_items(before, after)


def get_template_file(*, actor: Actor, template_id: int) -> dict[str, Any]:
    """The document to save as a file; `import_template` reads it back to the same digest."""
    row = get_template(actor=actor, template_id=template_id)
    return write_file(name=row.name, number=row.number, items=row.items)


def find_mistakes(items: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Everything wrong with items that are not saved yet, calling them by name."""
    return check_items(items, is_by_name=True)


def list_template_options(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """The options a template has sections for."""
    return list_options(items)


def list_gallery(*, actor: Actor) -> list[tuple[GalleryTemplate, int | None]]:
    """The templates that come with the product, each with the id of its live copy if it was taken over."""
    require(actor, "catalog.service.view")
    rows = Template.objects.filter(origin__startswith="gallery:", archived_at__isnull=True).values_list("origin", "pk")
    here = dict(rows)
    return [(one, here.get(f"gallery:{one.key}")) for one in GALLERY]
