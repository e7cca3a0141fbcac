"""How projects stand, in words: colours, rules, drafts, stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.types import STAGES, HealthSignal, SinceThen, StatusUpdateRow
from wonward.edges.web.delivery.presenting import slip_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, moment
from wonward.journeys.client_record.types import Drift, Health

LOOKS = {"green": ("ok", "circle-check"), "amber": ("warn", "triangle-alert"), "red": ("bad", "circle-alert")}


def colour_words(colour: str) -> str:
    """A colour in words."""
    return {"green": _("On track"), "amber": _("Needs attention"), "red": _("In trouble")}[colour]


def stage_words(stage: str) -> str:
    """A stage of the lifecycle in words."""
    return {"initiation": _("Initiation"), "planning": _("Planning"), "execution": _("Execution"), "monitoring": _("Monitoring"),
            "closure": _("Closure")}[stage]


def rule_words(rule: str) -> tuple[str, str]:
    """What a rule is called, and the rule itself."""
    return {
        "promise": (_("Promise against forecast"), _("Amber when the forecast is 1 to 5 working days behind the promise or unfinished work lies in the past, red from 6 days.")),
        "milestones": (_("Milestones"), _("Red when a milestone or approval is overdue.")),
        "overdue": (_("Overdue work"), _("Amber from one overdue task, red from 5.")),
        "blocked": (_("Blocked work"), _("Amber when a task is blocked, red when one has been for 5 days.")),
        "risks": (_("Risks and issues"), _("Amber with an open risk of 15 or more, red with an issue of 15 or more.")),
    }[rule]


def count_words(signal: HealthSignal) -> str:
    """What a rule counted, in words."""
    if signal.rule == "promise":
        if signal.count <= 0 and signal.behind:
            return ngettext("Behind: %(n)s task", "Behind: %(n)s tasks", signal.behind) % {"n": signal.behind}
        if signal.count <= 0:
            return _("Not behind")
        return ngettext("%(n)s working day behind", "%(n)s working days behind", signal.count) % {"n": signal.count}
    if not signal.count:
        return _("None")
    return {
        "milestones": ngettext("%(n)s overdue", "%(n)s overdue", signal.count),
        "overdue": ngettext("%(n)s task", "%(n)s tasks", signal.count), "blocked": ngettext("%(n)s task", "%(n)s tasks", signal.count),
        "risks": ngettext("%(n)s of high exposure", "%(n)s of high exposure", signal.count),
    }[signal.rule] % {"n": signal.count}


def health_view(health: Health, project_id: int) -> dict[str, Any]:
    """The health of a project with every rule and where its rows are."""
    tone, icon = LOOKS[health.colour]
    work = address_of("project_list", project_id=project_id)
    places = {
        "promise": address_of("project_plan", project_id=project_id), "milestones": f"{work}?only=late", "overdue": f"{work}?only=late",
        "blocked": f"{work}?only=blocked", "risks": address_of("project_risks", project_id=project_id),
    }
    override = health.override
    return {
        "colour": health.colour, "words": colour_words(health.colour), "tone": tone, "icon": icon, "by_rule": colour_words(health.by_rule),
        "override": {"who": override.author_label, "reason": override.reason, "until": date_words(override.last_date)} if override else None,
        "signals": [
            {"title": rule_words(signal.rule)[0], "rule": rule_words(signal.rule)[1], "count": count_words(signal),
             "tone": LOOKS[signal.colour][0], "icon": LOOKS[signal.colour][1], "colour": colour_words(signal.colour), "href": places[signal.rule]}
            for signal in health.signals
        ],
    }


def draft_of(drift: Drift, health: Health, since: SinceThen) -> str:
    """A status update made of facts, to be put into one's own words."""
    project = drift.project
    lines = [_("How it stands: %(colour)s.") % {"colour": colour_words(health.colour)}]
    if project.promised_finish_date:
        lines.append(_("Promised %(promised)s, forecast %(forecast)s (%(slip)s).") % {
            "promised": date_words(project.promised_finish_date), "forecast": date_words(project.forecast_finish_date),
            "slip": slip_words(drift)[0]})
    lines += _part(_("Reached:"), since.reached) + _part(_("Done:"), since.done[:12])
    lines += _part(_("The plan moved:"), [
        _("finish %(before)s → %(after)s, %(who)s: %(reason)s") % {
            "before": date_short(before), "after": date_short(after), "who": who, "reason": reason or _("no reason given")}
        for who, reason, before, after in since.moved
    ])
    lines += _part(_("Blocked:"), [f"{name}: {reason}" for name, reason in since.blocked])
    lines += _part(_("Risks:"), since.risks)
    lines += _part(_("Next:"), [f"{name}, {date_short(day)}" for name, day in since.coming])
    return "\n".join(lines)


def _part(title: str, items: Sequence[str]) -> list[str]:
    return ["", title, *(f"- {item}" for item in items)] if items else []


def update_views(rows: Sequence[StatusUpdateRow], zone: str) -> list[dict[str, Any]]:
    """Published updates."""
    return [
        {"id": row.id, "text": row.text, "words": colour_words(row.colour), "tone": LOOKS[row.colour][0], "icon": LOOKS[row.colour][1],
         "who": row.author_label, "at": moment(row.published_at, zone), "promised": date_short(row.promised_finish_date),
         "forecast": date_short(row.forecast_finish_date)}
        for row in rows
    ]


def stage_views(stage: str) -> list[dict[str, Any]]:
    """The lifecycle with where the project stands."""
    at = STAGES.index(stage)
    return [{"key": key, "words": stage_words(key), "state": "done" if place < at else "current" if place == at else "todo"}
            for place, key in enumerate(STAGES)]
