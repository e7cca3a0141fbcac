"""Segments: saved views of companies and of contacts, by name, as filters of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wonward.domains.clients.types import NONE, REACHES, CompanyFilter, ContactFilter
from wonward.foundation.custom_fields.queries import asked_fields
from wonward.foundation.saved_views.queries import list_views
from wonward.foundation.saved_views.rules import write_state
from wonward.kernel.actor import Actor

COMPANY_LIST, CONTACT_LIST = "clients.companies", "clients.contacts"
NOBODY = "none"
NO_COMPANY = CompanyFilter(owner_id=-1)


@dataclass(frozen=True, slots=True)
class Segment:
    """A named filter of companies; `is_gone` when the address names one the viewer does not find any more."""

    id: int
    name: str
    where: CompanyFilter
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class PeopleSegment:
    """A named filter of contacts; `is_gone` when the address names one the viewer does not find any more."""

    id: int
    name: str
    where: ContactFilter
    is_gone: bool = False


def read_company_filter(query: Mapping[str, str], viewer_id: int | None) -> CompanyFilter:
    """What the address of the list of companies narrows it to."""
    owner = query.get("owner", "")
    owner_id = viewer_id if owner == "me" else 0 if owner == NOBODY else int(owner) if owner.isdecimal() and len(owner) < 16 else None
    return CompanyFilter(
        text=query.get("q", "").strip()[:120], clients_only=query.get("show") == "clients", owner_id=owner_id, is_archived=query.get("show") == "archived",
        tier=query.get("tier", "") if query.get("tier") in ("A", "B", "C", "-") else "", tag=query.get("tag", "").strip()[:60],
        industry=query.get("industry", "").strip()[:120], country=query.get("country", "").strip()[:120], custom=asked_fields(query),
    )


def list_segments(actor: Actor) -> list[Segment]:
    """The segments a viewer finds, by name."""
    if not actor.may("clients.company.view"):
        return []
    views = list_views(actor=actor, list_key=COMPANY_LIST)
    found = [Segment(row.id, row.name, read_company_filter(dict(write_state(row.state)), actor.person_id)) for row in views]
    return sorted((one for one in found if one.where != CompanyFilter()), key=lambda one: one.name.casefold())


def find_segment(actor: Actor, segment_id: int) -> Segment | None:
    """A segment of companies the viewer finds; None for any other."""
    return next((one for one in list_segments(actor) if one.id == segment_id), None)


def homes_in(actor: Actor, segment_id: int | None) -> CompanyFilter | None:
    """The companies of a segment as a filter; one the viewer does not find narrows to nothing, none asked for to no filter."""
    if segment_id is None:
        return None
    found = find_segment(actor, segment_id)
    return found.where if found else NO_COMPANY


def read_contact_filter(actor: Actor, query: Mapping[str, str]) -> ContactFilter:
    """What the address of the list of contacts narrows it to."""
    asked, reach = query.get("segment", ""), query.get("reach", "")
    homes = homes_in(actor, int(asked) if asked.isdecimal() and len(asked) < 16 else 0) if asked else None
    return ContactFilter(
        text=query.get("q", "").strip()[:120], tag=query.get("tag", "").strip()[:60], title=query.get("title", "").strip()[:160],
        source=query.get("source", "").strip()[:160], reach=reach if reach in (*REACHES, NONE) else "", homes=homes,
        custom=asked_fields(query), is_archived=query.get("show") == "archived",
    )


def list_people_segments(actor: Actor) -> list[PeopleSegment]:
    """The segments of contacts a viewer finds, by name."""
    if not actor.may("clients.company.view"):
        return []
    views = list_views(actor=actor, list_key=CONTACT_LIST)
    found = [PeopleSegment(row.id, row.name, read_contact_filter(actor, dict(write_state(row.state)))) for row in views]
    return sorted((one for one in found if one.where != ContactFilter()), key=lambda one: one.name.casefold())


def people_in(actor: Actor, segment_id: int | None) -> ContactFilter | None:
    """The contacts of a segment as a filter; as `homes_in`."""
    if segment_id is None:
        return None
    found = next((one for one in list_people_segments(actor) if one.id == segment_id), None)
    return found.where if found else ContactFilter(is_nobody=True)
