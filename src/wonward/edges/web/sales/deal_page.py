"""A deal's page in words: facts, gate, promises and what is live on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.domains.clients.types import StakeholderRow
from wonward.domains.sales.types import ClosingBrief, DealRow, MemberRow
from wonward.domains.staff.queries import PersonRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, hours, money_words
from wonward.edges.web.shell.ledgers import KINDS, promise_url, said_words, words_url
from wonward.edges.web.shell.navigation import DELIVERY, initials_of, tone_of
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.types import DealPage
from wonward.journeys.handoff.types.previews import WinPreview
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.wording import heard

ANSWERS = {
    "scope_summary": gettext_lazy("Scope summary"), "promised_finish_date": gettext_lazy("Promised finish"),
    "key_constraints": gettext_lazy("Key constraints"), "main_stakeholder_id": gettext_lazy("Main stakeholder"),
    "kickoff_date": gettext_lazy("Kickoff date"),
}
PARTS = {
    "co_owner": gettext_lazy("Co-owner"), "presales": gettext_lazy("Presales"), "delivery": gettext_lazy("Delivery advice"),
    "helps": gettext_lazy("Helps"),
}
DECISION_ROLES = {
    "decides": gettext_lazy("Decides"), "pays": gettext_lazy("Pays"), "champions": gettext_lazy("Champion"),
    "advises": gettext_lazy("Advises"), "buys": gettext_lazy("Buys"), "uses": gettext_lazy("Uses it"), "doubts": gettext_lazy("Doubts"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of facts that can be edited where it stands."""

    name: str
    label: str
    url: str
    value: str
    shown: str
    kind: str = "text"
    options: list[tuple[str, str]] = field(default_factory=list)
    is_required: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.value


@dataclass(frozen=True, slots=True)
class Person:
    """One of the client's people."""

    name: str
    initials: str
    tone: int
    detail: str = ""
    role: str = ""
    role_tone: str = ""
    knows: str = ""


@dataclass(frozen=True, slots=True)
class ReadyItem:
    """One of the five answers; `href` opens the gate."""

    label: str
    is_done: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """One promise with its original words and what keeps it."""

    id: int
    kind: str
    kind_words: str
    text: str
    weight: int
    column: str
    quote: str
    speaker: str
    said: str
    source_href: str
    cover_words: str
    is_late: bool
    href: str
    basis_words: str = ""


def facts_of(deal: DealRow, people: Sequence[PersonRow]) -> list[Fact]:
    """The inline-edited facts; the value only for those who may see it."""

    def url(name: str) -> str:
        return address_of("deal_field", deal_id=deal.id, name=name)

    facts = [
        Fact("owner_id", _("Owner"), url("owner_id"), str(deal.owner_id or ""), deal.owner_name, "select",
             [(str(person.id), person.name) for person in people]),
        Fact("expected_close_date", _("Expected close"), url("expected_close_date"),
             deal.expected_close_date.isoformat() if deal.expected_close_date else "", date_words(deal.expected_close_date), "date"),
        Fact("probability", _("Probability"), url("probability"), str(deal.probability), f"{deal.probability}%", "number"),
        Fact("source", _("Source"), url("source"), deal.source, deal.source),
    ]
    if deal.has_value_right:
        value = str(deal.value.amount) if deal.value else ""
        facts.insert(0, Fact("value", _("Value"), url("value"), value, money_words(deal.value), "money"))
    return facts


def name_of(deal: DealRow) -> Fact:
    """The name, edited in the header."""
    return Fact("name", _("Name"), address_of("deal_field", deal_id=deal.id, name="name"), deal.name, deal.name,
                is_required=True)


def stakeholders_of(rows: Sequence[StakeholderRow]) -> list[Person]:
    """The client's people on the deal, the main one marked."""
    return [
        Person(
            row.name, initials_of(row.name), tone_of(row.contact_id), row.title,
            _("Main") if row.is_main else str(DECISION_ROLES.get(row.decision_role, row.decision_role)),
            "sell" if row.is_main else "warn" if row.decision_role == "doubts" or row.stance == "against" else "", row.preference,
        )
        for row in rows
    ]


def readiness_of(page: DealPage, *, gate_url: str) -> list[ReadyItem]:
    """The five answers with the way to give the missing ones."""
    return [ReadyItem(str(ANSWERS[step.field]), step.is_there, gate_url) for step in page.readiness]


def answers_of(page: DealPage) -> list[tuple[str, str]]:
    """What has been promised to the client so far, for the facts."""
    brief = page.brief
    main = next((row.name for row in page.contacts if row.id == brief.main_stakeholder_id), "")
    constraints = brief.key_constraints or (_("None, we asked") if brief.no_constraints else "")
    shown = (
        ("promised_finish_date", date_words(brief.promised_finish_date)), ("kickoff_date", date_words(brief.kickoff_date)),
        ("main_stakeholder_id", main), ("key_constraints", constraints), ("scope_summary", brief.scope_summary),
    )
    return [(str(ANSWERS[name]), words) for name, words in shown if words]


def gate_values(page: DealPage) -> ClosingBrief:
    """The answers gathered so far; the main stakeholder of the deal stands in for a missing one."""
    brief = page.brief
    main = brief.main_stakeholder_id or next((row.contact_id for row in page.stakeholders if row.is_main), None)
    return ClosingBrief(
        brief.scope_summary, brief.promised_finish_date, brief.key_constraints, brief.no_constraints, main, brief.kickoff_date
    )


def created_by(preview: WinPreview) -> list[str]:
    """What closing the deal will create, sentence by sentence."""
    said = [f"{_project_words(project)}{_part_words(project)}" for project in preview.projects] + list(preview.told)
    things = (
        (preview.communication_count, ngettext("%(num)s log entry", "%(num)s log entries", preview.communication_count)),
        (preview.document_count, ngettext("%(num)s document", "%(num)s documents", preview.document_count)),
        (preview.stakeholder_count, ngettext("%(num)s stakeholder", "%(num)s stakeholders", preview.stakeholder_count)),
    )
    counts = [words % {"num": count} for count, words in things if count]
    if counts:
        said.append(_("Linked to the project: %(things)s") % {"things": ", ".join(counts)})
    if preview.promise_count:
        words = ngettext("%(num)s promise goes", "%(num)s promises go", preview.promise_count) % {"num": preview.promise_count}
        said.append(_("%(promises)s into the ledger, %(covered)s with a task that keeps it, and the promised finish")
                    % {"promises": words, "covered": preview.covered_count})
    else:
        said.append(_("The promised finish goes into the promise ledger"))
    if preview.budget or preview.effort_minutes:
        parts = [words for words in (money_words(preview.budget), hours(preview.effort_minutes) if preview.effort_minutes else "") if words]
        said.append(_("Budget baseline %(budget)s") % {"budget": " · ".join(parts)})
    return said


_PARTS_NAMED = 12


def _part_words(project: Any) -> str:
    """Its phases and milestones with their days."""
    parts = [
        f"{name} {date_short(finish)}" if kind != "phase" else f"{name} {date_short(start)} – {date_short(finish)}"
        for name, kind, start, finish in project.parts[:_PARTS_NAMED]
    ]
    more = ", …" if len(project.parts) > _PARTS_NAMED else ""
    return f" ({', '.join(parts)}{more})" if parts else ""


def _project_words(project: Any) -> str:
    if project.joins:
        tasks = ngettext("%(num)s task", "%(num)s tasks", project.task_count) % {"num": project.task_count}
        return _("More work for “%(project)s”: %(tasks)s") % {"project": project.joins, "tasks": tasks}
    if not project.template_name:
        return _("Project “%(name)s”, still without tasks: no template belongs to what was sold") % {"name": project.name}
    tasks = ngettext("%(num)s task", "%(num)s tasks", project.task_count) % {"num": project.task_count}
    stones = ngettext("%(num)s milestone", "%(num)s milestones", project.milestone_count) % {"num": project.milestone_count}
    return _("Project from template “%(template)s” v%(number)s: %(tasks)s, %(stones)s") % {
        "template": project.template_name, "number": project.template_number, "tasks": tasks, "stones": stones,
    }


def moved_kickoff(preview: WinPreview, wanted: date | None) -> str:
    """A word of warning when the wanted kickoff is no working day."""
    if wanted is None or preview.kickoff_date in (None, wanted):
        return ""
    return _("%(wanted)s is not a working day; the project starts on %(day)s.") % {
        "wanted": date_words(wanted), "day": date_words(preview.kickoff_date),
    }


def promise_cards(rows: Sequence[PromiseRow], *, zone: str, has_project: bool) -> list[PromiseCard]:
    """Promises with quotes; before there is a project nothing can keep them, so that is not held against them."""
    return [_promise(row, zone, has_project) for row in rows]


def _promise(row: PromiseRow, zone: str, has_project: bool) -> PromiseCard:
    return PromiseCard(
        row.id, row.kind, f"{row.number} · {KINDS.get(row.kind, row.kind)}", row.text, row.weight,
        row.column if has_project or row.column != "uncovered" else "planned", row.quote, row.speaker,
        said_words(row, zone), words_url(row), _cover_words(row, has_project), row.column == "at_risk", promise_url(row.id),
        row.basis.words(row.due_date) if row.basis else "",
    )


def _cover_words(row: PromiseRow, has_project: bool) -> str:
    due = _("due %(day)s") % {"day": date_words(row.due_date)} if row.due_date else ""
    if row.state == "kept":
        return _("Kept, %(due)s") % {"due": due} if due else _("Kept")
    if row.state != "confirmed" and row.state_reason:
        return row.state_reason
    if row.covers and row.coverage == "at_risk" and row.forecast_date:
        return _("Forecast %(day)s, %(due)s") % {"day": date_words(row.forecast_date), "due": due}
    if row.covers:
        return _("Kept by %(task)s, %(day)s") % {"task": row.covers[0].name, "day": date_words(row.covers[0].finish_date)}
    return _("No task keeps it yet") if has_project else due


def live_refs(page: DealPage) -> str:
    """The records whose changes this page shows."""
    refs = [f"sales.deal:{page.deal.id}", *(f"delivery.project:{drift.project.id}" for drift in page.drifts)]
    if page.handoff:
        refs.append(f"handoff.handoff:{page.handoff.id}")
    return " ".join(refs)


def rail_of(page: DealPage) -> list[dict[str, str]]:
    """The lifecycle rail with its ways across the seam."""
    handoff = address_of("handoff", handoff_id=page.handoff.id) if page.handoff else ""
    project = address_of("project", project_id=page.drifts[0].project.id) if page.drifts else ""
    hrefs = {"seam": handoff, "deliver": project}
    return [
        {"label": _(step.label), "detail": heard(step.detail), "state": step.state, "side": step.side, "href": hrefs.get(step.side, "")}
        for step in page.lifecycle if step.side == "sell" or get_organisation().is_on(DELIVERY)
    ]


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A colleague on the deal, as the page and the drawer draw them."""

    person_id: int
    name: str
    initials: str
    part: str
    words: str


def members_of(rows: Iterable[MemberRow]) -> list[ShownMember]:
    """The colleagues on a deal besides its owner."""
    return [ShownMember(row.person_id, row.name, initials_of(row.name), row.part, str(PARTS.get(row.part, row.part))) for row in rows]
