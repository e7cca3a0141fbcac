"""Pipeline discipline: every number opens its deals; and the reasons deals are lost for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.operations.discipline import save_lost_reasons
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.discipline import list_discipline, list_lost_reasons
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.proposals import list_signed_after_loss, list_signed_without_brief
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.queries.sums import sum_by_stage
from wonward.domains.sales.types import DealFilter, DealRow, DealSums, DisciplineRow, StageRow
from wonward.edges.web.sales.cards import days_in_stage
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_words, day_of, money_short, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.next_actions import late_words, look_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.kernel.errors import NotAllowed, Refused

FIXED_NEXT = 8
_NUMBERS = ("no_owner", "no_next_action", "overdue", "stuck", "slipped", "unanswered")


@page(permission="sales.deal.create")
def discipline(request: SignedInRequest) -> HttpResponse:
    """Who looks after their deals, and what to fix next."""
    rows = list_discipline(actor=request.actor, now=request.now)
    total = rows.pop()
    today = day_frame(request.actor, request.now).today
    late = list_deals(actor=request.actor, where=DealFilter(status="open", urgency="overdue"), now=request.now, sort="next_action", limit=FIXED_NEXT)
    context = {
        "cards": _cards(total, today), "people": [_person(row) for row in rows], "team": _person(total),
        "pipelines": _pipelines(request),
        "fix_next": [_fix(deal, today, request) for deal in late], "parked": number(total.parked), "parked_href": _table("parked"),
        "signed": [
            {"name": name, "href": address_of("deal", deal_id=key), "owner": owner or "", "since": date_words(day_of(at, request.actor.time_zone))}
            for key, name, owner, at in list_signed_without_brief(actor=request.actor)
        ],
        "signed_after_loss": [
            {"name": name, "href": address_of("deal", deal_id=key), "owner": owner or "", "since": date_words(day_of(at, request.actor.time_zone))}
            for key, name, owner, at in list_signed_after_loss(actor=request.actor)
        ],
        "today": date_words(today), "may_edit_reasons": request.actor.may("sales.pipeline.edit"),
    }
    return render(request, "sales/discipline.html", context)


def _pipelines(request: SignedInRequest) -> list[dict[str, Any]]:
    """Every pipeline with its open stages; each number leads to its deals."""
    sums = sum_by_stage(actor=request.actor, where=DealFilter(status="open"), now=request.now)
    pipelines = list_pipelines()
    return [
        {"name": pipeline.name if len(pipelines) > 1 else "",
         "stages": [_stage(stage, sums.get(stage.id)) for stage in pipeline.stages if stage.kind == "open"]}
        for pipeline in pipelines
    ]


def _stage(stage: StageRow, sums: DealSums | None) -> dict[str, Any]:
    if sums is None or not sums.count:
        return {"name": stage.name, "late": "0", "count": "0", "stuck": "0", "share": 0, "value": "", "hrefs": {}}
    return {
        "name": stage.name, "late": number(sums.overdue), "count": number(sums.count), "stuck": number(sums.stuck),
        "share": 1000 * sums.overdue // sums.count, "value": money_short(sums.value),
        "hrefs": {"count": _table("", stage_id=stage.id)}
        | ({"late": _table("overdue", stage_id=stage.id)} if sums.overdue else {})
        | ({"stuck": _table("stuck", stage_id=stage.id)} if sums.stuck else {}),
    }


def _table(urgency: str, owner_id: int | None = None, stage_id: int | None = None) -> str:
    query = {"urgency": urgency, "owner": owner_id, "stage": stage_id}
    return f"{address_of('deals_table')}?{urlencode({key: value for key, value in query.items() if value})}"


def _cards(total: DisciplineRow, today: Any) -> list[dict[str, Any]]:
    oldest = late_words((today - total.oldest_due_date).days) if total.oldest_due_date else ""
    notes = {
        "no_owner": _("Cannot happen: every open deal has one"), "no_next_action": _("Cannot happen: every open deal has one"),
        "overdue": _("The oldest %(late)s") % {"late": oldest} if oldest else _("Nothing is late"),
        "stuck": _("Late, and too long in their stage"),
        "slipped": _("%(value)s moved or passed") % {"value": money_short(total.slipped_value)} if total.slipped_value and total.slipped else
        _("Close dates moved later or passed"),
        "unanswered": _("Clients who wrote and wait beyond the goal"),
    }
    looks = {"no_owner": (_("No owner"), "user"), "no_next_action": (_("No next action"), "circle-alert"), "overdue": (_("Overdue"), "clock-alert"),
             "stuck": (_("Stuck"), "hourglass"), "slipped": (_("Close date slipped"), "calendar-x"), "unanswered": (_("Unanswered"), "message-circle")}
    return [
        {"label": label, "icon": icon, "value": number(getattr(total, key)), "note": notes[key], "href": _table(key),
         "tone": "ok" if not getattr(total, key) else "bad" if key in ("no_owner", "no_next_action") else ""}
        for key, (label, icon) in looks.items()
    ]


def _person(row: DisciplineRow) -> dict[str, Any]:
    share = row.clean_share
    return {
        "name": row.owner_name, "initials": initials_of(row.owner_name), "tone": tone_of(row.owner_id), "open": number(row.open),
        "open_href": _table("", row.owner_id), "share": share, "bar": share * 10, "bar_tone": "ok" if share >= 85 else "warn" if share >= 60 else "bad",
        "numbers": [
            {"value": number(getattr(row, key)), "href": _table(key, row.owner_id) if getattr(row, key) else "",
             "tone": "" if key == "slipped" or not getattr(row, key) else "warn" if getattr(row, key) * 5 < row.open else "bad"}
            for key in _NUMBERS
        ],
    }


def _fix(deal: DealRow, today: Any, request: SignedInRequest) -> dict[str, Any]:
    look = look_of(deal.next_action, today)
    return {
        "name": f"{deal.name}, {deal.company_name}" if deal.company_name else deal.name, "href": address_of("deal", deal_id=deal.id),
        "why": look.when, "what": look.words, "days": days_in_stage(deal, request.now), "initials": initials_of(deal.owner_name),
        "owner": deal.owner_name, "tone": tone_of(deal.owner_id), "value": money_short(deal.value),
    }


@page(permission="sales.pipeline.edit", methods=("GET", "POST"))
def lost_reasons(request: SignedInRequest) -> HttpResponse:
    """The reasons to choose from when a deal is lost."""
    error = ""
    if request.method == "POST":
        try:
            typed = FormReader(request.POST).text("names", limit=6000)
            save_lost_reasons(actor=request.actor, names=typed.splitlines(), now=request.now)
            return go_to(request, address_of("lost_reasons") + "?saved=1")
        except NotAllowed:
            raise
        except Refused as refusal:
            error = refusal.message
    names = request.POST.get("names", "") if error else "\n".join(list_lost_reasons())
    context = {"names": names, "error": error, "is_saved": request.GET.get("saved") == "1"}
    return render(request, "sales/lost_reasons.html", context, status=422 if error else 200)
