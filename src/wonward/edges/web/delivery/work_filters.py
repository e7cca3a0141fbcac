"""The one filter bar of all views of a project's work, carried in the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.details import list_labels
from wonward.domains.delivery.queries.projects import list_project_members
from wonward.domains.delivery.queries.work import list_phases
from wonward.domains.delivery.types import TASK_STATUSES, WorkFilter
from wonward.edges.web.delivery.task_presenting import status_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.custom_fields.queries import PREFIX, asked_fields
from wonward.foundation.organisation.queries import civil_date

NAMES = ("status", "person", "phase", "label", "only", "q")
ONLY = ("mine", "late", "blocked", "critical")


def read_filter(request: SignedInRequest, query: QueryDict | None = None) -> WorkFilter:
    """What the address, or the query given instead of it, asks for; what it cannot mean is left out."""
    query = request.GET if query is None else query
    person, phase = query.get("person", ""), query.get("phase", "")
    only = query.get("only", "").split(",")
    person_id = int(person) if person.isdecimal() and len(person) < 16 else None
    return WorkFilter(
        today=civil_date(request.now, request.actor.time_zone),
        statuses=tuple(one for one in query.getlist("status") if one in TASK_STATUSES),
        person_id=request.actor.person_id or person_id if "mine" in only else person_id,
        phase_id=int(phase) if phase.isdecimal() and len(phase) < 16 else None, is_critical="critical" in only,
        label=query.get("label", "").strip()[:40], is_late="late" in only, is_blocked="blocked" in only,
        text=query.get("q", "").strip()[:120], custom=asked_fields({name: str(query[name]) for name in query}),
    )


def _narrowing(query: Iterable[str]) -> list[str]:
    """The parameters that narrow the work, custom fields among them."""
    return [*NAMES, *sorted(name for name in query if name.startswith(PREFIX))]


def kept_query(query: QueryDict, **changes: str) -> str:
    """The filters of an address as a query, with some of them changed; "" takes one away."""
    pairs = [(name, value) for name in _narrowing(query) for value in query.getlist(name) if name not in changes and value]
    return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])


def filter_context(
    request: SignedInRequest, project_id: int, route: str, where: WorkFilter, query: QueryDict | None = None
) -> dict[str, Any]:
    """The bar: what can be chosen, what is chosen, and the same question asked of the other views."""
    query, home = request.GET if query is None else query, address_of(route, project_id=project_id)
    asked = _narrowing(query)
    own = [(name, value) for name in query if name not in (*asked, "page", "from", "column", "part") for value in query.getlist(name)]
    fields = [(name, query[name]) for name in asked if name.startswith(PREFIX)]
    only = [name for name in ONLY if name in query.get("only", "").split(",")]

    def toggled(name: str) -> str:
        chosen = [one for one in only if one != name] if name in only else [*only, name]
        text = "&".join(filter(None, (kept_query(query, only=",".join(chosen)), urlencode(own))))
        return f"{home}?{text}" if text else home

    shared = kept_query(query)
    return {
        "where": where, "filter_action": home, "own_fields": [*own, *fields], "clear_href": f"{home}?{urlencode(own)}" if own else home,
        "only": only, "only_hrefs": {name: toggled(name) for name in ONLY}, "is_filtered": where.is_on, "has_own": request.actor.person_id is not None,
        "phase_choices": list_phases(project_id=project_id),
        "status_choices": [(key, status_words(key), key in where.statuses) for key in TASK_STATUSES],
        "person_choices": [(0, _("Nobody yet")), *list_project_members(project_id=project_id)],
        "label_names": [label.name for label in list_labels()],
        "work_query": f"?{shared}" if shared else "",
    }
