"""What the templates of a deal's page are given, and the parts of it that a write redraws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.queries.deals import sum_of
from wonward.domains.sales.queries.proposals import list_proposals
from wonward.domains.staff.queries import get_team_id, list_people
from wonward.edges.web.sales.deal_page import (
    answers_of,
    facts_of,
    live_refs,
    members_of,
    name_of,
    promise_cards,
    rail_of,
    readiness_of,
    stakeholders_of,
)
from wonward.edges.web.sales.entries import draw_entry
from wonward.edges.web.sales.line_panel import shown_lines
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import facts_in
from wonward.edges.web.shell.drifts import contact_words, unnoted_visits
from wonward.edges.web.shell.drifts import look_of as drift_look
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.next_actions import day_choices, kind_choices, look_of
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.edges.web.shell.render import render_block
from wonward.edges.web.shell.terms import shown_term
from wonward.edges.web.shell.timelines import files_beside, promise_urls, tell
from wonward.edges.web.shell.timelines import kind_choices as entry_kinds
from wonward.edges.web.shell.waiting import waiting_of
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.deal_page import get_deal_page
from wonward.journeys.client_record.types import DealPage
from wonward.journeys.handoff.queries import is_open_win, is_undo_in_time
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

PARTS = ("header", "facts", "aside", "drift", "tabs", "timeline", "promises")
STORY_LENGTH = 30
COVERAGE_TONES = (("kept", "kept"), ("planned", "planned"), ("at_risk", "at_risk"), ("uncovered", "uncovered"))


def deal_context(request: SignedInRequest, deal_id: int) -> dict[str, Any]:
    """Everything a deal's page shows, prepared."""
    actor = request.actor
    page = get_deal_page(actor=actor, deal_id=deal_id, now=request.now)
    deal, here = page.deal, address_of("deal", deal_id=deal_id)
    tab = request.GET.get("tab", "timeline")
    promise_url = address_of("deal_promise", deal_id=deal_id)
    gate_url, rights = address_of("deal_won", deal_id=deal_id), _rights(request, page)
    is_won_here = deal.status == "won" and not deal.is_history
    return {
        "page": page, "deal": deal, "here": here, "live": live_refs(page), "name_fact": name_of(deal),
        "initials": initials_of(deal.company_name or deal.name), "tone": tone_of(deal.company_id),
        "rail": rail_of(page), "action": look_of(deal.next_action, page.today),
        "facts": facts_of(deal, list_people(actor=actor) if rights["may_edit"] else []), "answers": answers_of(page),
        "custom_facts": facts_in(request, Ref("sales.deal", deal_id), may_edit=rights["may_edit"]),
        "stakeholders": stakeholders_of(page.stakeholders), "services": shown_lines(page.lines),
        "services_total": sum_of(page.lines), "lines_url": address_of("deal_lines", deal_id=deal_id) if rights["may_edit"] else "",
        "members": members_of(page.members), "members_url": address_of("deal_members", deal_id=deal_id) if rights["may_edit"] else "",
        "criteria": page.criteria, "ready_items": readiness_of(page, gate_url=gate_url if rights["may_win"] else ""),
        "waiting": waiting_of(page.owed_answer, now=request.now, zone=actor.time_zone),
        "term": shown_term(page.term) if page.term else None, "renews": shown_term(page.renews) if page.renews else None,
        "action_kinds": kind_choices(), "action_days": day_choices(page.today),
        "stages": [stage for stage in page.pipeline.stages if stage.kind == "open"],
        "draw_entry": draw_entry, "story": tell(
            page.timeline, today=page.today, zone=actor.time_zone,
            promise_url=promise_urls(actor, promise_url), files=files_beside(actor, page.timeline),
        ),
        "more_url": f"{here}?part=entries&offset={STORY_LENGTH}" if len(page.timeline) >= STORY_LENGTH else "",
        "entry_kinds": entry_kinds(), "contact_choices": [(row.id, row.name) for row in page.contacts],
        "drifts": [
            drift_look(drift, today=page.today, may_open=True, may_tell=actor.may("handoff.client.tell")) for drift in page.drifts
        ],
        "unnoted": unnoted_visits(page.drifts), "last_contact": contact_words(page.timeline, page.today) if page.drifts else "",
        "told_whom": _("Ready for %(name)s") % {"name": page.handoff.main_stakeholder_name} if page.handoff else "",
        "promise_cards": promise_cards(page.promises, zone=actor.time_zone, has_project=bool(page.handoff)),
        "coverage_parts": _coverage(page), "promise_url": promise_url, "gate_url": gate_url,
        "tab": tab if tab in ("timeline", "promises", "files") else "timeline", "tabs": _tabs(page, here, tab),
        "is_delivery_on": get_organisation().is_on("delivery"), "is_open_win": is_won_here and is_open_win(deal_id=deal_id),
        **_offers(request, page), "errors": {}, "action_errors": {}, "values": {}, "open_form": "", **rights,
    }


def _offers(request: SignedInRequest, page: DealPage) -> dict[str, Any]:
    """The proposals of the deal, and whether it is signed while its brief is missing."""
    actor, deal = request.actor, page.deal
    may_see = page.proposal_count and actor.may("sales.proposal.view")
    rows = list_proposals(actor=actor, deal_id=deal.id, limit=10) if may_see else []
    is_signed = any(row.status == "accepted" for row in rows)
    return {"proposals": rows, "is_signed_without_brief": is_signed and deal.status == "open", "may_propose": actor.may("sales.proposal.edit")}


def _rights(request: SignedInRequest, page: DealPage) -> dict[str, bool]:
    actor, deal = request.actor, page.deal
    members = {deal.owner_id, *(row.person_id for row in page.members)}
    is_settled = deal.status == "won"
    is_theirs = actor.role in ("owner", "admin") or actor.person_id in members or _leads_owner(actor, deal.owner_id)
    may_change = is_theirs and not is_settled
    is_open = deal.status == "open"
    may_edit = may_change and actor.may("sales.deal.edit")
    return {
        "may_restrict": is_theirs and actor.may("sales.deal.edit"),
        "may_edit": may_edit and is_open, "may_win": may_change and actor.may("sales.deal.win") and is_open,
        "may_lose": may_change and actor.may("sales.deal.lose") and is_open,
        "may_reopen": may_edit and deal.status == "lost" and not deal.is_history,
        "may_take_back": is_settled and not deal.is_history and is_theirs and actor.may("sales.deal.win"),
        "may_term": is_settled and is_theirs and actor.may("sales.deal.edit"),
        "may_undo_win": is_undo_in_time(page.handoff, now=request.now),
        "may_log": actor.may("comms.communication.log"), "may_promise": actor.may("promises.promise.make"),
        "may_see_promises": actor.may("promises.promise.view"), "may_ask_date": is_open and actor.may("capacity.date.ask"),
    }


def _leads_owner(actor: Actor, owner_id: int | None) -> bool:
    return actor.leads_team_id is not None and get_team_id(owner_id) == actor.leads_team_id


def _coverage(page: DealPage) -> list[dict[str, Any]]:
    whole = sum(page.coverage.weights[key] for key, _tone in COVERAGE_TONES) or 1
    return [{"share": 1000 * page.coverage.weights.get(key, 0) // whole, "tone": tone} for key, tone in COVERAGE_TONES]


def _tabs(page: DealPage, here: str, tab: str) -> list[dict[str, Any]]:
    late = any(row.column == "at_risk" for row in page.promises)
    names = (
        ("timeline", _("Timeline"), None), ("promises", _("Promises"), len(page.promises)), ("files", _("Files"), len(page.documents)),
    )
    return [
        {"label": label, "href": f"{here}?tab={key}" if key != "timeline" else here, "count": count or None,
         "is_current": key == tab or (key == "timeline" and tab not in ("promises", "files")),
         "tone": "warn" if key == "promises" and late else ""}
        for key, label, count in names
    ]


def parts_of(request: SignedInRequest, context: dict[str, Any], parts: Sequence[str]) -> bytes:
    """Further parts of the page, swapped in where they stand."""
    swapped = context | {"is_swap": True}
    return b"".join(render_block(request, "sales/deal.html", part, swapped).content for part in parts)


def redrawn(request: SignedInRequest, deal_id: int, parts: Sequence[str]) -> HttpResponse:
    """An answer that is nothing but redrawn parts."""
    return HttpResponse(parts_of(request, deal_context(request, deal_id), parts))
