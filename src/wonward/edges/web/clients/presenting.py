"""A company as its page lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.clients.types import CompanyRow, ContactRow
from wonward.domains.staff.queries import PersonRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.drifts import slip_words
from wonward.edges.web.shell.formats import date_short, money_words
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.journeys.client_record.types import CompanyPage


@dataclass(frozen=True, slots=True)
class Fact:
    """One inline-edited fact."""

    name: str
    label: str
    url: str
    value: str
    shown: str
    kind: str = "text"
    options: Sequence[tuple[str, str]] = ()
    is_required: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.value


@dataclass(frozen=True, slots=True)
class RecordLink:
    """A deal or a project of the company."""

    side: str
    icon: str
    name: str
    href: str
    detail: str
    badge: str
    tone: str


TIERS = (("", "–"), ("A", "A"), ("B", "B"), ("C", "C"))


def facts_of(row: CompanyRow, owner: str, people: Sequence[PersonRow]) -> list[Fact]:
    """What may be corrected with one click."""

    def fact(name: str, label: str, value: object, shown: str = "", kind: str = "text", options: Sequence[tuple[str, str]] = ()) -> Fact:
        text = "" if value is None else str(value)
        url = address_of("company_field", company_id=row.id, name=name)
        return Fact(name, label, url, text, shown or text, kind, options, name == "name")

    return [
        fact("owner_id", _("Owner"), row.owner_id, owner, "select", [(str(one.id), one.name) for one in people]),
        fact("tier", _("Tier"), row.tier, "", "select", TIERS),
        fact("industry", _("Industry"), row.industry),
        fact("country", _("Country"), row.country),
        fact("domain", _("Domain"), row.domain),
        fact("phone", _("Phone"), row.phone),
        fact("address", _("Address"), row.address, "", "textarea"),
        fact("employees", _("People"), row.employees, "", "number"),
        fact("pain_points", _("Pain points"), row.pain_points, "", "textarea"),
        fact("preferences", _("Preferences"), row.preferences, "", "textarea"),
        fact("tags", _("Tags"), ", ".join(row.tags)),
        fact("source", _("Source"), row.source),
    ]


def people_of(contacts: Sequence[ContactRow]) -> list[dict[str, Any]]:
    """The client's people as their macro takes them."""
    return [
        {"name": row.name, "initials": initials_of(row.name), "tone": tone_of(row.id), "detail": row.title, "role": "",
         "role_tone": "", "href": address_of("contact", contact_id=row.id), "knows": " · ".join(part for part in (row.email, row.phone, row.preference) if part)}
        for row in contacts
    ]


def links_of(page: CompanyPage, *, may_open_projects: bool) -> list[RecordLink]:
    """Open deals, then projects, then the newest closed deals."""
    links = [
        RecordLink("sell", "columns-3", deal.name, address_of("deal", deal_id=deal.id),
                   " · ".join(part for part in (money_words(deal.value), deal.owner_name) if part), deal.stage_name, "sell")
        for deal in page.open_deals[:12]
    ]
    for drift in page.drifts[:12]:
        project = drift.project
        links.append(
            RecordLink(
                "deliver", "folder-kanban", project.name,
                address_of("project", project_id=project.id) if may_open_projects else "",
                _("%(percent)s %% done · forecast %(day)s") % {"percent": project.percent_done, "day": date_short(project.forecast_finish_date)},
                _("Done") if project.status == "done" else slip_words(drift), "warn" if drift.is_late and project.status != "done" else "ok",
            )
        )
    links += [
        RecordLink("sell", "columns-3", deal.name, address_of("deal", deal_id=deal.id),
                   " · ".join(part for part in (money_words(deal.value), date_short(deal.closed_date)) if part),
                   _("Won") if deal.status == "won" else _("Lost"), "ok" if deal.status == "won" else "")
        for deal in page.closed_deals[:8]
    ]
    return links
