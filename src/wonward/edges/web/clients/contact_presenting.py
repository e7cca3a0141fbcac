"""A contact as their page lays them out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.clients.types import CONSENT_PURPOSES, ConsentRow, ContactCard
from wonward.edges.web.clients.presenting import Fact, RecordLink
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, moment, money_words
from wonward.journeys.client_record.types import ContactPage

PAGE_PARTS = ("header", "facts", "timeline", "aside")
KINDS = {
    "email": (gettext_lazy("E-mail"), "mail"), "phone": (gettext_lazy("Phone"), "phone"),
    "website": (gettext_lazy("Website"), "external-link"), "linkedin": (gettext_lazy("LinkedIn"), "external-link"),
    "other": (gettext_lazy("Other"), "info"),
}
PURPOSES = {
    "newsletter": gettext_lazy("Newsletter"), "email": gettext_lazy("E-mail"), "phone": gettext_lazy("Calls"),
    "events": gettext_lazy("Invitations"),
}
STATES = {"given": (gettext_lazy("Yes"), "ok"), "refused": (gettext_lazy("No"), "bad"), "withdrawn": (gettext_lazy("Withdrawn"), "bad")}
BASES = {
    "consent": gettext_lazy("Consent"), "contract": gettext_lazy("Contract"), "legitimate_interest": gettext_lazy("Legitimate interest"),
}


@dataclass(frozen=True, slots=True)
class PointLine:
    """One way to reach somebody, ready to be clicked."""

    kind: str
    label: str
    icon: str
    value: str
    href: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A company somebody works or worked for."""

    name: str
    href: str
    detail: str
    is_main: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What somebody said about one purpose; `state` is empty where they were never asked."""

    purpose: str
    label: str
    words: str
    tone: str
    detail: str


def contact_facts(card: ContactCard) -> list[Fact]:
    """What may be corrected with one click."""
    row = card.contact

    def fact(name: str, label: str, value: str, kind: str = "text") -> Fact:
        return Fact(name, label, address_of("contact_field", contact_id=row.id, name=name), value, value, kind, (), name == "name")

    return [
        fact("name", _("Name"), row.name), fact("title", _("Title"), row.title), fact("preference", _("Prefers"), row.preference),
        fact("pain_points", _("Pain points"), row.pain_points, "textarea"), fact("tags", _("Tags"), ", ".join(row.tags)),
        fact("source", _("Source"), row.source),
    ]


def points_of(card: ContactCard) -> list[PointLine]:
    """Addresses and numbers, the main one of each kind first."""
    lines = []
    for point in card.points:
        label, icon = KINDS.get(point.kind, (point.kind, "info"))
        lines.append(PointLine(point.kind, str(label), icon, point.value, _href(point.kind, point.value), point.is_primary))
    return lines


def _href(kind: str, value: str) -> str:
    """Where a click leads: the mail program, the phone, or a page on the web and nothing else."""
    if kind == "email":
        return f"mailto:{value}"
    if kind == "phone":
        digits = "".join(letter for letter in value if letter.isdigit() or letter == "+")
        return f"tel:{digits}"
    is_page = value.lower().startswith(("https://", "http://"))
    return value if is_page else f"https://{value}" if "." in value and " " not in value and ":" not in value else ""


def companies_of(card: ContactCard) -> list[HomeLine]:
    """Where somebody works, then where they worked."""
    lines = []
    for home in card.affiliations:
        dates = " – ".join(filter(None, (date_short(home.start_date), date_short(home.finish_date))))
        detail = " · ".join(filter(None, (home.role, dates)))
        lines.append(HomeLine(home.company_name, address_of("company", company_id=home.company_id), detail, home.is_main, home.finish_date is not None))
    return lines


def consents_of(card: ContactCard, zone: str) -> list[ConsentLine]:
    """Every purpose with the newest word on it."""
    known = {row.purpose: row for row in card.consents}
    lines = []
    for purpose in CONSENT_PURPOSES:
        row = known.get(purpose)
        label = str(PURPOSES[purpose])
        if row is None:
            lines.append(ConsentLine(purpose, label, _("Not asked"), "", ""))
            continue
        lines.append(_consent_line(row, zone))
    return lines


def consent_history(card: ContactCard, zone: str) -> list[ConsentLine]:
    """Every word they ever said, newest first; empty while no purpose has been spoken of twice."""
    return [_consent_line(row, zone) for row in card.said] if len(card.said) > len(card.consents) else []


def _consent_line(row: ConsentRow, zone: str) -> ConsentLine:
    words, tone = STATES[row.state]
    basis = str(BASES.get(row.basis, row.basis)) if row.basis else ""
    detail = " · ".join(filter(None, (basis, row.source, moment(row.noted_at, zone), row.noted_by)))
    return ConsentLine(row.purpose, str(PURPOSES.get(row.purpose, row.purpose)), str(words), tone, detail)


def contact_links(page: ContactPage) -> list[RecordLink]:
    """Deals and projects somebody plays a part in."""
    links = []
    for deal in page.deals[:12]:
        detail = " · ".join(filter(None, (money_words(deal.value), deal.owner_name)))
        state = {"open": deal.stage_name, "won": _("Won"), "lost": _("Lost")}[deal.status]
        links.append(RecordLink("sell", "columns-3", deal.name, address_of("deal", deal_id=deal.id), detail, state,
                                "ok" if deal.status == "won" else "sell" if deal.status == "open" else ""))
    for project in page.projects[:12]:
        links.append(RecordLink("deliver", "folder-kanban", project.name, address_of("project", project_id=project.id),
                                _("forecast %(day)s") % {"day": date_words(project.forecast_finish_date)}, project.status, ""))
    return links
