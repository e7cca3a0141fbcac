"""Whoever may see the catalogue sees all of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.catalog.models import Service, Template
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


def visible_service_ids(actor: Actor) -> QuerySet[Any]:
    rows = Service.objects.all() if actor.may("catalog.service.view") else Service.objects.none()
    return rows.values_list("pk", flat=True)


def visible_template_ids(actor: Actor) -> QuerySet[Any]:
    rows = Template.objects.all() if actor.may("catalog.service.view") else Template.objects.none()
    return rows.values_list("pk", flat=True)


def service_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Service.objects.filter(pk__in=ids).values_list("pk", "name"))


register_noun("catalog.service", visible_service_ids, is_host=False, names_of=service_names)
register_noun("catalog.template", visible_template_ids, is_host=False)
