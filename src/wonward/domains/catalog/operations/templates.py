"""Templates: every save is a new version that never changes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog import events
from wonward.domains.catalog.models import Template, TemplateVersion
from wonward.domains.catalog.rules.checking import check_items
from wonward.domains.catalog.rules.comparing import compare_items, digest_of
from wonward.domains.catalog.rules.files import read_file
from wonward.domains.catalog.rules.gallery import GALLERY
from wonward.domains.staff.operations import ensure_roles
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, heard_within, speaking, worded


@transaction.atomic
def create_template(
    *, actor: Actor, name: str, items: Sequence[Mapping[str, Any]], note: str = "", origin: str = "", now: datetime
) -> int:
    """Add a template with its first version; a cycle or an unknown key is refused naming the item."""
    require(actor, "catalog.template.edit")
    _check_template(name, items)
    return _create(actor, name, items, note, origin, now)


def _create(
    actor: Actor, name: str, items: Sequence[Mapping[str, Any]], note: str, origin: str, now: datetime
) -> int:
    template = Template.objects.create(name=name.strip()[:200], origin=origin, created_at=now, updated_at=now)
    _add_version(actor, template, items, note, now)
    record_change(
        actor=actor, operation="catalog.template.create", ref=Ref("catalog.template", template.pk),
        changes={"name": [None, template.name]}, now=now,
    )
    publish(events.TemplateChanged(template_id=template.pk), actor=actor, now=now)
    return template.pk


@transaction.atomic
def change_template(
    *, actor: Actor, template_id: int, name: str, items: Sequence[Mapping[str, Any]], note: str = "",
    version: int | None = None, now: datetime,
) -> int:
    """Write the next version of a template and return its number; without a change nothing is written.

    Earlier versions, and projects made from them, stay as they are.
    """
    template = _lock(actor, template_id, version, name)
    _check_template(name, items)
    before = template.name, template.current_number
    current = TemplateVersion.objects.values_list("items", flat=True).get(template=template, number=template.current_number)
    is_same_plan = not compare_items(current, items)
    if is_same_plan and template.name == name.strip()[:200]:
        return template.current_number
    template.name = name.strip()[:200]
    if not is_same_plan:
        template.current_number += 1
        _add_version(actor, template, items, note, now)
    _save(
        actor, template, "catalog.template.change",
        {"name": [before[0], template.name], "number": [before[1], template.current_number]}, now,
    )
    return template.current_number


@transaction.atomic
def archive_template(
    *, actor: Actor, template_id: int, is_archived: bool = True, version: int | None = None, now: datetime
) -> None:
    """Take a template out of the lists, or put it back. Services keep delivering by it; copies are as active as ever."""
    template = _lock(actor, template_id, version, "")
    if (template.archived_at is not None) == is_archived:
        return
    before, template.archived_at = template.archived_at, now if is_archived else None
    _save(actor, template, "catalog.template.archive", {"archived_at": [before, template.archived_at]}, now)


@transaction.atomic
def import_template(*, actor: Actor, document: Any, now: datetime) -> int:
    """Add the template of a file that `get_template_file` wrote, here or elsewhere; every fault names its item."""
    require(actor, "catalog.template.edit")
    name, items, errors = read_file(document)
    if errors:
        raise Refused(errors[0].words, errors)
    return _create(actor, name, items, "From a file", "file", now)


@transaction.atomic
def add_gallery_templates(*, actor: Actor, keys: Sequence[str], now: datetime) -> list[int]:
    """Take over templates that come with the product; one that is here already is not added again. Their ids, in order.

    They are written in the language of whoever takes them over.
    """
    require(actor, "catalog.template.edit")
    known = {one.key: one for one in GALLERY}
    for place, key in enumerate(keys):
        if key not in known:
            raise Refused.field(f"keys[{place}]", worded("There is no template “{key}” in the gallery.", key=key), "unknown")
    here = dict(Template.objects.filter(origin__startswith="gallery:", archived_at__isnull=True).values_list("origin", "pk"))
    ids = []
    for key in dict.fromkeys(keys):
        origin = f"gallery:{key}"
        if origin not in here:
            with speaking(actor.language):
                name, items = heard(known[key].name), heard_within(known[key].items)
            here[origin] = _create(actor, name, items, "From the gallery", origin, now)
        ids.append(here[origin])
    return ids


def _lock(actor: Actor, template_id: int, version: int | None, name: str) -> Template:
    require(actor, "catalog.template.edit")
    template = Template.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise NotFound("template", template_id)
    if version is not None and version != template.version:
        raise Stale(
            worded("{name} was changed by somebody else in the meantime.", name=template.name),
            current={"name": template.name, "number": template.current_number, "version": template.version},
            yours={"name": name or template.name, "version": version},
        )
    return template


def _save(actor: Actor, template: Template, operation: str, changes: Mapping[str, Any], now: datetime) -> None:
    template.version, template.updated_at = template.version + 1, now
    template.save()
    changed = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    record_change(actor=actor, operation=operation, ref=Ref("catalog.template", template.pk), changes=changed, now=now)
    publish(events.TemplateChanged(template_id=template.pk), actor=actor, now=now)


def _check_template(name: str, items: Sequence[Mapping[str, Any]]) -> None:
    errors = check_items(items)
    if not name.strip():
        errors.insert(0, FieldError("name", "A template needs a name.", "required"))
    if errors:
        raise Refused(errors[0].words, errors)


def _add_version(actor: Actor, template: Template, items: Sequence[Mapping[str, Any]], note: str, now: datetime) -> None:
    document = [dict(item) for item in items]
    roles = {str(item.get("role") or "") for item in document}
    ensure_roles(names=roles | {part["role"] for item in document for part in item.get("efforts") or []}, now=now)
    TemplateVersion.objects.create(
        template=template, number=template.current_number, items=document, digest=digest_of(document),
        note=note.strip()[:300], author_label=actor.label[:160], created_at=now,
    )
