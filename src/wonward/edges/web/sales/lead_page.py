"""A lead in words: the row of the inbox, its clock, its score, its qualification and where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.clients.types import PossibleDuplicate
from wonward.domains.marketing.types import TouchRow
from wonward.domains.sales.types.leads import Criterion, LeadCounts, LeadFigures, LeadRow, ScorePart
from wonward.domains.staff.queries import PersonRow
from wonward.edges.web.sales.deal_page import Fact
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, day_of, moment, number, time_words
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.saved_lists import ListLook, SavedList, Words
from wonward.edges.web.shell.waiting import span_words
from wonward.foundation.custom_fields.queries import PREFIX

INBOX_QUERY = ("view", "sort", "q", "source", "campaign", "owner", "pipeline", "received", "page", "saved")
SORTS = {
    "due": gettext_lazy("Answer first"), "-score": gettext_lazy("Highest score"), "-received_at": gettext_lazy("Newest"),
    "name": gettext_lazy("Name"),
}
STATES = {
    "unknown": (gettext_lazy("Not asked yet"), "circle-dashed", ""), "partly": (gettext_lazy("Partly known"), "circle-dot", "warn"),
    "clear": (gettext_lazy("Clear"), "circle-check", "ok"), "against": (gettext_lazy("Speaks against it"), "circle-x", "bad"),
}
_SOURCE_ICONS = (
    ("referral", "handshake"), ("mail", "mail"), ("call", "phone"), ("phone", "phone"), ("fair", "map-pin"), ("campaign", "megaphone"),
    ("newsletter", "megaphone"), ("form", "globe"), ("web", "globe"),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """The first response: `state` is late, soon, waiting, answered or over; `share` of the goal that has passed, 0..1000."""

    state: str
    words: str
    icon: str
    detail: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead as a line of the inbox."""

    id: int
    name: str
    company: str
    source: str
    source_icon: str
    words: str
    score: int
    score_share: int
    score_tone: str
    clock: Clock
    owner_initials: str
    href: str
    is_current: bool
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion with what is known."""

    key: str
    label: str
    question: str
    state: str
    state_words: str
    icon: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter with its count."""

    key: str
    label: str
    href: str
    count: int
    icon: str
    tone: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record that may be the same, with the way there."""

    kind: str
    id: int
    name: str
    because: str
    href: str


def inbox_address(query: Mapping[str, str], lead_id: int | None = None, **changes: object) -> str:
    """The inbox, or a lead in it, with the filters as they are but for the changes."""
    mine = (name for name in query if name == "columns" or name.startswith(PREFIX))
    kept = {name: query[name] for name in (*INBOX_QUERY, *mine) if query.get(name)}
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in ("", None):
            kept[name] = str(value)
    base = address_of("lead", lead_id=lead_id) if lead_id else address_of("leads")
    return f"{base}?{urlencode(kept)}" if kept else base


def chips_of(counts: LeadCounts, query: Mapping[str, str]) -> list[Chip]:
    """The views of the inbox with their counts."""
    on = query.get("view", "open")
    views: tuple[tuple[str, Any, int, str, str], ...] = (
        ("late", _("Late"), counts.late, "clock-alert", "bad" if counts.late else ""),
        ("to_answer", _("To answer"), counts.to_answer, "", ""), ("mine", _("Mine"), counts.mine, "", ""),
        ("unowned", _("Nobody's"), counts.unowned, "", ""), ("open", _("All open"), counts.open, "", ""),
        ("converted", _("Converted"), counts.converted, "", ""), ("closed", _("Not a fit"), counts.closed, "", ""),
    )
    return [
        Chip(key, str(label), inbox_address(query, view="" if key == "open" else key, page=""), count, icon, tone if key != on else "", key == on)
        for key, label, count, icon, tone in views
    ]


def orders_by_field(source: SavedList) -> dict[str, Words]:
    """What the custom fields add to the orders of the inbox: numbers and dates from the top down, words from A on."""
    return {
        f"{'-' if column.is_number else ''}{column.key}": column.label for column in source.columns
        if column.key.startswith(PREFIX) and column.is_sortable
    }


def fields_of_line(look: ListLook, cells: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The custom fields chosen as columns, by name, where a lead has one."""
    return tuple((str(column.label), cells[column.key]) for column in look.columns if cells.get(column.key))


def line_of(
    lead: LeadRow, query: Mapping[str, str], *, now: datetime, zone: str, current_id: int | None, fields: tuple[tuple[str, str], ...] = ()
) -> LeadLine:
    """One line of the inbox."""
    words = " ".join(lead.message.split())
    return LeadLine(
        lead.id, lead.name, lead.company_name if lead.company_name != lead.name else "", lead.campaign_name or lead.source,
        source_icon(lead), words[:160], lead.score, share_of(lead.score), tone_of_score(lead.score), clock_of(lead, now=now, zone=zone),
        initials_of(lead.owner_name) if lead.owner_name else "", inbox_address(query, lead.id), lead.id == current_id, fields,
    )


def source_icon(lead: LeadRow) -> str:
    """A picture of where a lead came from."""
    if lead.campaign_id:
        return "megaphone"
    said = lead.source.lower()
    return next((icon for word, icon in _SOURCE_ICONS if word in said), "inbox")


def share_of(score: int) -> int:
    """A score as a share of the ring; below zero it is empty, above a hundred full."""
    return max(0, min(1000, score * 10))


def tone_of_score(score: int) -> str:
    """The colour of a score."""
    return "ok" if score >= 60 else "" if score >= 40 else "warn" if score >= 25 else "bad"


def clock_of(lead: LeadRow, *, now: datetime, zone: str) -> Clock:
    """Where the first response stands."""
    if lead.status != "open":
        said = {"converted": _("Converted %(day)s"), "closed": _("Not a fit, %(day)s")}[lead.status]
        return Clock("over", said % {"day": date_short(lead.closed_date)}, "check" if lead.status == "converted" else "x")
    if lead.responded_at is not None:
        if lead.response_due_at is None:
            return Clock("answered", "", "")
        took = span_words(lead.responded_at - lead.received_at)
        who = lead.responded_by_name or _("from the log")
        return Clock("answered", _("Answered in %(time)s") % {"time": took}, "check", f"{who}, {moment(lead.responded_at, zone)}", 1000)
    if lead.response_due_at is None:
        return Clock("waiting", _("To answer"), "timer")
    left = lead.response_due_at - now
    goal = max(lead.response_due_at - lead.received_at, timedelta(minutes=1))
    share = max(0, min(1000, int(1000 * (now - lead.received_at) / goal)))
    due = _("due %(at)s") % {"at": moment(lead.response_due_at, zone)}
    if left < timedelta(0):
        return Clock("late", _("%(time)s late") % {"time": span_words(-left)}, "clock-alert", due, 1000)
    state = "soon" if left < timedelta(minutes=30) else "waiting"
    words = _("%(time)s left") % {"time": span_words(left)} if left < timedelta(hours=10) else _("until %(at)s") % {
        "at": f"{date_short(day_of(lead.response_due_at, zone))}, {time_words(lead.response_due_at, zone)}"}
    return Clock(state, words, "timer", due, share)


def asked_of(criteria: Sequence[Criterion], lead: LeadRow) -> list[Asked]:
    """Every criterion of the pipeline, and those answered that it asks no more."""
    known = {one.key: one for one in criteria}
    spare = [Criterion(key, key.replace("_", " ").capitalize(), "") for key in lead.qualification if key not in known]
    found = []
    for one in (*criteria, *spare):
        finding = lead.qualification.get(one.key)
        state = finding.state if finding else "unknown"
        words, icon, tone = STATES[state]
        found.append(Asked(one.key, one.label, one.question, state, str(words), icon, tone, finding.note if finding else ""))
    return found


def facts_of_lead(lead: LeadRow, people: Sequence[PersonRow], services: Sequence[tuple[int, str]]) -> list[Fact]:
    """The inline-edited facts."""

    def fact(name: str, label: str, value: object, kind: str = "text", shown: str = "", options: Sequence[tuple[str, str]] = ()) -> Fact:
        text = "" if value is None else str(value)
        url = address_of("lead_field", lead_id=lead.id, name=name)
        return Fact(name, label, url, text, shown or text, kind, list(options), is_required=name == "name")

    nobody = [("", _("Nobody"))]
    return [
        fact("owner_id", _("Owner"), lead.owner_id, "select", lead.owner_name or _("Nobody"), [*nobody, *((str(row.id), row.name) for row in people)]),
        fact("name", _("Name"), lead.name), fact("company_name", _("Company"), lead.company_name), fact("title", _("Job title"), lead.title),
        fact("email", _("E-mail"), lead.email), fact("phone", _("Phone"), lead.phone), fact("website", _("Website"), lead.website),
        fact("service_id", _("Service"), lead.service_id, "select", lead.service_name, [("", _("Open")), *((str(key), name) for key, name in services)]),
        fact("country", _("Country"), lead.country), fact("industry", _("Industry"), lead.industry),
        fact("employees", _("Employees"), lead.employees, "number", number(lead.employees)), fact("source", _("Source"), lead.source),
    ]


def parts_of_score(parts: Sequence[ScorePart], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Points with their sign, words and the field they name, the largest first."""
    return [
        {"points": f"{part.points:+d}".replace("-", "−"), "label": part.label, "field": names.get(part.field, part.field),
         "tone": "ok" if part.points > 0 else "bad"}
        for part in sorted(parts, key=lambda part: -part.points)
    ]


def likenesses(found: tuple[list[PossibleDuplicate], list[PossibleDuplicate], list[PossibleDuplicate]], query: Mapping[str, str]) -> list[Likeness]:
    """Everything that may be the same, companies first."""
    companies, contacts, leads = found
    reasons = {"same name": _("same name"), "same domain": _("same domain"), "same address or number": _("same address or number"),
               "same address": _("same address"), "same number": _("same number")}
    return [
        *(Likeness("company", one.id, one.name, reasons.get(one.because, one.because), address_of("company", company_id=one.id)) for one in companies),
        *(Likeness("contact", one.id, one.name, reasons.get(one.because, one.because), "") for one in contacts),
        *(Likeness("lead", one.id, one.name, reasons.get(one.because, one.because), inbox_address(query, one.id)) for one in leads),
    ]


def path_of(lead: LeadRow, touches: Sequence[TouchRow], zone: str) -> list[dict[str, str]]:
    """How the lead came: what the link said, then every touch."""
    labels = {"source": _("UTM source"), "medium": _("UTM medium"), "campaign": _("UTM campaign"), "term": _("Searched"),
              "content": _("UTM content"), "page": _("First page"), "referrer": _("Came from")}
    found = [{"label": labels.get(key, key), "value": value, "at": ""} for key, value in lead.utm.items()]
    kinds = {"form": _("Sent the form"), "lead": _("Became a lead")}
    return found + [
        {"label": kinds.get(touch.kind, touch.kind), "value": touch.campaign_name or touch.detail, "at": moment(touch.happened_at, zone)}
        for touch in touches
    ]


def figures_in_words(figures: LeadFigures) -> list[dict[str, str]]:
    """The numbers above the inbox."""
    found = [{"label": _("Leads"), "value": number(figures.leads)}]
    if figures.leads:
        note = _("median %(days)s days") % {"days": number(figures.median_days)} if figures.median_days is not None else ""
        found.append({"label": _("Became deals"), "value": f"{number(figures.share)}%", "note": note})
    return found


def initials_and_tone(lead: LeadRow) -> tuple[str, int]:
    """What stands for a lead beside its name."""
    return initials_of(lead.company_name or lead.name), tone_of(lead.id)


