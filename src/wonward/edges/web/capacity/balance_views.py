"""Who is asked for too much and who has too little, with fixes to make in one click and to take back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.capacity.presenting import day_words
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_short, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import apply_fix, undo_fix
from wonward.journeys.capacity.queries import get_balance, list_applied_fixes
from wonward.journeys.capacity.types import Balance, CapacityFix, OverloadedWeek, PersonBalance, WeekEffect
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale
from wonward.kernel.ref import Ref

NOUNS = {"task": "delivery.task", "booking": "staff.booking"}


@page(permission="capacity.outlook.view")
def balance(request: SignedInRequest) -> HttpResponse:
    """Everybody over eight weeks: overload with what would help, and utilisation against targets."""
    return _balance(request)


def _balance(request: SignedInRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    found = get_balance(actor=actor, today=civil_date(request.now, actor.time_zone))
    over = [row for row in found.people if row.overloaded or row.days_over]
    supply, sure = sum(row.supply_minutes for row in found.people), sum(row.sure_minutes for row in found.people)
    targets = [_against_target(found, row) for row in sorted(found.people, key=lambda row: (-row.gap_minutes, row.name))]
    context = {
        "tabs": tabs(actor, "balance"), "people": [_overloaded(found, row) for row in over], "targets": targets, "wrong": wrong,
        "may_fix": actor.may("staff.booking.propose") or actor.may("delivery.plan.change"),
        "applied": [
            {"words": row.words, "is_applied": row.state == "applied", "href": address_of("fix_undo", fix_id=row.id)} for row in list_applied_fixes(actor=actor)
        ],
        "figures": [
            {"label": _("Overloaded"), "value": ngettext("%(num)s person", "%(num)s people", len(over)) % {"num": len(over)}, "tone": "bad" if over else ""},
            {"label": _("Hours too much"), "value": _hours(sum(week.excess_minutes for row in over for week in row.overloaded))},
            {"label": _("Booked, %(count)s weeks") % {"count": found.weeks}, "value": f"{round(100 * sure / supply)}%" if supply else "–"},
            {"label": _("Missing to the targets"), "value": _hours(sum(max(0, row.gap_minutes) for row in found.people))},
        ],
        "weeks": found.weeks,
    }
    return render(request, "capacity/balance.html", context, status=status)


def _hours(minutes: int) -> str:
    return _("%(hours)s h") % {"hours": number(round(minutes / 60))}


def _who(row: PersonBalance) -> dict[str, Any]:
    return {"name": row.name, "initials": initials_of(row.name), "tone": tone_of(row.person_id), "href": address_of("team_person", person_id=row.person_id)}


def _overloaded(found: Balance, row: PersonBalance) -> dict[str, Any]:
    return {**_who(row), "weeks": [_week(found, week) for week in row.overloaded], "days": [day_words(one) for one in row.days_over]}


def _week(found: Balance, week: OverloadedWeek) -> dict[str, Any]:
    return {
        "label": _("Week of %(day)s") % {"day": date_short(_monday(found, week.week))}, "percent": _percent(week.percent),
        "excess": _("%(hours)s h too much") % {"hours": number(max(1, round(week.excess_minutes / 60)))}, "fixes": [_fix(found, fix) for fix in week.fixes],
    }


def _monday(found: Balance, week: int) -> date:
    return found.first + timedelta(weeks=week)


def _fix(found: Balance, fix: CapacityFix) -> dict[str, Any]:
    effects = [_effect(found, effect) for effect in (fix.effect, fix.other) if effect is not None]
    return {
        "words": _words(found, fix), "subject": fix.item.subject if fix.item.kind == "task" else "", "effects": effects,
        "fields": {
            "kind": fix.kind, "item": fix.item.kind, "item_id": fix.item.id, "version": fix.item.version, "to_person_id": fix.to_person_id or "",
            "percent": fix.percent if fix.kind == "share" else "", "weeks_later": fix.weeks_later or "", "at_date": _monday(found, fix.at_week).isoformat() if fix.kind == "split" else "",
        },
    }


def _words(found: Balance, fix: CapacityFix) -> str:
    name, who = fix.item.name, found.names.get(fix.to_person_id or 0, "")
    if fix.kind == "give":
        return _("Give “%(name)s” to %(who)s") % {"name": name, "who": who}
    if fix.kind == "share":
        return _("Give %(percent)s%% of “%(name)s” to %(who)s") % {"percent": fix.percent, "name": name, "who": who}
    if fix.kind == "split":
        return _("Split “%(name)s” and give the part from %(day)s to %(who)s") % {"name": name, "who": who, "day": date_short(_monday(found, fix.at_week))}
    if fix.kind == "take":
        return _("Give “%(name)s”, %(hours)s h, which nobody has") % {"name": name, "hours": number(round(fix.relief_minutes / 60))}
    weeks = {"name": name, "num": fix.weeks_later}
    if fix.kind == "float":
        return ngettext("Begin “%(name)s” %(num)s week later, within its slack", "Begin “%(name)s” %(num)s weeks later, within its slack", fix.weeks_later) % weeks
    return ngettext("Let tentative “%(name)s” begin %(num)s week later", "Let tentative “%(name)s” begin %(num)s weeks later", fix.weeks_later) % weeks


def _effect(found: Balance, effect: WeekEffect) -> str:
    return _("%(who)s, week of %(day)s: %(before)s → %(after)s") % {
        "who": found.names.get(effect.person_id, ""), "day": date_short(_monday(found, effect.week)), "before": _percent(effect.before),
        "after": _percent(effect.after),
    }


def _percent(percent: int) -> str:
    return _("away") if percent == 999 else f"{percent}%"


def _against_target(found: Balance, row: PersonBalance) -> dict[str, Any]:
    gap = row.gap_minutes
    with_tentative = round(100 * row.asked_minutes / row.supply_minutes) if row.supply_minutes else 0
    tone = "bad" if row.percent > 100 else "ok" if gap <= 0 else "warn" if row.offers else ""
    return {
        **_who(row), "target": f"{row.target_percent}%", "percent": f"{row.percent}%", "with_tentative": f"{with_tentative}%", "share": min(1000, 10 * row.percent),
        "tone": tone, "gap": _("%(hours)s h missing") % {"hours": number(round(gap / 60))} if gap >= 60 else _("met") if row.supply_minutes else _("away"),
        "is_met": gap < 60, "offers": [_fix(found, fix) for fix in row.offers], "is_placeholder": row.is_placeholder,
    }


@page(permission="capacity.outlook.view", methods=("POST",))
def new_fix(request: SignedInRequest) -> HttpResponse:
    """Make a fix."""
    reader = FormReader(request.POST)
    item_id, person_id, weeks, version = reader.number("item_id"), reader.number("to_person_id"), reader.number("weeks_later"), reader.version()
    percent, at_date, kind = reader.number("percent"), reader.day("at_date"), reader.text("kind", limit=10)
    reader.finish()
    noun = NOUNS.get(request.POST.get("item", ""))
    if noun is None or item_id is None or item_id <= 0:
        raise Refused.field("item", _("Choose a fix of the list."), "invalid")
    try:
        apply_fix(
            actor=request.actor, kind=kind, ref=Ref(noun, item_id), to_person_id=person_id, weeks_later=weeks or 0, at_date=at_date,
            percent=percent or 0, version=version, now=request.now,
        )
    except NotAllowed:
        raise
    except (Stale, Conflict) as clash:
        return _balance(request, wrong=clash.message, status=409)
    except Refused as refusal:
        return _balance(request, wrong=refusal.message, status=422)
    return go_to(request, address_of("balance"))


@page(permission="capacity.outlook.view", methods=("POST",))
def fix_undo(request: SignedInRequest, fix_id: int) -> HttpResponse:
    """Take a fix back."""
    try:
        undo_fix(actor=request.actor, fix_id=fix_id, now=request.now)
    except (Stale, Conflict) as clash:
        return _balance(request, wrong=clash.message, status=409)
    return go_to(request, address_of("balance"))
