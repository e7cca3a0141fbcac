"""The segments an address names, and which parts of an address make one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from wonward.domains.clients.queries.segments import (
    NO_COMPANY,
    PeopleSegment,
    Segment,
    list_people_segments,
    list_segments,
)
from wonward.domains.clients.types import ContactFilter
from wonward.kernel.actor import Actor

COMPANY_FILTERS = ("q", "show", "owner", "tier", "tag", "industry", "country")
CONTACT_FILTERS = ("q", "show", "tag", "title", "source", "reach", "segment")


def segment_in(actor: Actor, query: Mapping[str, str]) -> Segment | None:
    """The segment an address names; one that is gone narrows to nothing rather than to everything."""
    asked = query.get("segment", "")
    if not asked:
        return None
    found = next((one for one in list_segments(actor) if str(one.id) == asked), None)
    return found or Segment(0, _("A segment that is not there any more"), NO_COMPANY, is_gone=True)


def people_segment_in(actor: Actor, query: Mapping[str, str]) -> PeopleSegment | None:
    """The segment of contacts an address names; one that is gone narrows to nothing rather than to everything."""
    asked = query.get("people", "")
    if not asked:
        return None
    found = next((one for one in list_people_segments(actor) if str(one.id) == asked), None)
    return found or PeopleSegment(0, _("A segment that is not there any more"), ContactFilter(is_nobody=True), is_gone=True)
