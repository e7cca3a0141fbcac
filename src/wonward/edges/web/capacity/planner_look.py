"""Which part of the planner is looked at; its links and forms carry that along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from wonward.domains.staff.types import WorkingPerson
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest

MOST_TEXT = 100
LONGEST_NUMBER = 7


@dataclass(frozen=True, slots=True)
class PlannerLook:
    """The first day, whose rows, and the page of them, counted from 1."""

    first: date | None = None
    with_tentative: bool = True
    only_over: bool = False
    text: str = ""
    page: int = 1

    @property
    def query(self) -> str:
        """As in an address, without what is usual."""
        asked = {
            "from": self.first.isoformat() if self.first else "", "tentative": "" if self.with_tentative else "0",
            "over": "1" if self.only_over else "", "q": self.text, "page": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in asked.items() if value})

    def href(self, **other: object) -> str:
        """The address of the planner with something else looked at; on its first page unless told."""
        query = replace(self, **{"page": 1, **other}).query  # type: ignore[arg-type]
        return f"{address_of('planner')}?{query}" if query else address_of("planner")

    def shows(self, person: WorkingPerson, roles: Mapping[int, str]) -> bool:
        """Whether the words looked for are those of a person: their name, title, team or roles."""
        words = " ".join([person.name, person.job_title, person.team, *(roles.get(key, "") for key in person.role_ids)]).casefold()
        return all(word in words for word in self.text.casefold().split())


def look_of(request: SignedInRequest) -> PlannerLook:
    """What an address asks for; a form brings it as `look`."""
    asked = QueryDict(request.POST.get("look", "")) if request.method == "POST" else request.GET
    page = asked.get("page", "")
    return PlannerLook(
        _day(asked.get("from", "")), asked.get("tentative", "1") != "0", asked.get("over") == "1", asked.get("q", "").strip()[:MOST_TEXT],
        max(1, int(page)) if page.isdecimal() and len(page) <= LONGEST_NUMBER else 1,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
