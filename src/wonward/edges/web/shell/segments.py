"""Segments: saved views of companies, by name, as filters of other lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wonward.domains.clients.types import CompanyFilter
from wonward.foundation.custom_fields.queries import asked_fields
from wonward.foundation.saved_views.queries import list_views
from wonward.foundation.saved_views.rules import write_state
from wonward.kernel.actor import Actor

COMPANY_LIST = "clients.companies"
COMPANY_FILTERS = ("q", "show", "owner", "tier", "tag", "industry", "country")
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Segment:
    """A named filter of companies; `is_gone` when the address names one the viewer does not find any more."""

    id: int
    name: str
    where: CompanyFilter
    is_gone: bool = False


def read_company_filter(query: Mapping[str, str], viewer_id: int | None) -> CompanyFilter:
    """What the address of the list of companies narrows it to."""
    owner = query.get("owner", "")
    owner_id = viewer_id if owner == "me" else 0 if owner == NOBODY else int(owner) if owner.isdecimal() and len(owner) < 16 else None
    return CompanyFilter(
        text=query.get("q", "").strip()[:120], clients_only=query.get("show") == "clients", owner_id=owner_id,
        tier=query.get("tier", "") if query.get("tier") in ("A", "B", "C", "-") else "", tag=query.get("tag", "").strip()[:60],
        industry=query.get("industry", "").strip()[:120], country=query.get("country", "").strip()[:120], custom=asked_fields(query),
    )


def list_segments(actor: Actor) -> list[Segment]:
    """The segments a viewer finds, by name."""
    if not actor.may("clients.company.view"):
        return []
    found = [Segment(row.id, row.name, read_company_filter(dict(write_state(row.state)), actor.person_id)) for row in list_views(actor=actor, list_key=COMPANY_LIST)]
    return sorted((one for one in found if one.where != CompanyFilter()), key=lambda one: one.name.casefold())


def segment_in(actor: Actor, query: Mapping[str, str]) -> Segment | None:
    """The segment an address names; one that is gone narrows to nothing rather than to everything."""
    asked = query.get("segment", "")
    if not asked:
        return None
    found = next((one for one in list_segments(actor) if str(one.id) == asked), None)
    return found or Segment(0, _("A segment that is not there any more"), CompanyFilter(owner_id=-1), is_gone=True)
