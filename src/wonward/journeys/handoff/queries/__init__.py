"""Reading handoffs: queue, threads, scope versions, the gate, previews, kickoffs, briefs and measures."""

from wonward.journeys.handoff.queries.briefs import get_brief_of_project
from wonward.journeys.handoff.queries.gate import (
    fill_from_offer,
    find_deals_with_answers,
    get_gate_facts,
    get_rules,
    list_asked_answers,
    list_missing_answers,
)
from wonward.journeys.handoff.queries.handoffs import (
    ask_count,
    count_handoffs,
    find_deal_of_project,
    find_handoff_of_deal,
    find_handoff_of_project,
    find_live_projects,
    find_projects_of_deals,
    get_handoff,
    handoff_rows,
    list_accepted_handoffs,
    list_handoffs,
    list_handoffs_of_company,
    visible_handoffs,
)
from wonward.journeys.handoff.queries.kickoff import get_kickoff, get_kickoff_file, kickoff_of
from wonward.journeys.handoff.queries.measures import find_measured, get_measures
from wonward.journeys.handoff.queries.open_wins import (
    ask_open_wins,
    count_open_wins,
    is_open_win,
    list_open_wins,
)
from wonward.journeys.handoff.queries.previews import preview_win
from wonward.journeys.handoff.queries.sale_side import get_sale_side, list_sale_changes
from wonward.journeys.handoff.queries.scope import (
    get_scope_baseline,
    list_baselines,
    list_scope_changes,
    list_sold_efforts,
)
from wonward.journeys.handoff.queries.self_check import get_self_check
from wonward.journeys.handoff.queries.telling import find_told_projects, recall_forecasts
from wonward.journeys.handoff.queries.threads import find_open_questions, list_decisions, list_questions
from wonward.journeys.handoff.queries.undoing import is_undo_in_time

__all__ = [
    "ask_count", "ask_open_wins", "count_handoffs", "count_open_wins", "find_deal_of_project", "find_deals_with_answers", "find_handoff_of_deal", "find_handoff_of_project", "find_live_projects", "find_measured", "find_open_questions", "find_projects_of_deals", "find_told_projects",
    "fill_from_offer", "get_brief_of_project", "get_gate_facts", "get_handoff", "get_kickoff", "get_kickoff_file", "get_measures", "get_rules", "get_sale_side", "get_scope_baseline",
    "get_self_check", "handoff_rows", "is_open_win", "is_undo_in_time", "kickoff_of",
    "list_accepted_handoffs", "list_asked_answers", "list_baselines", "list_decisions", "list_handoffs", "list_handoffs_of_company", "list_open_wins",
    "list_missing_answers", "list_questions", "list_sale_changes", "list_scope_changes", "list_sold_efforts", "preview_win", "recall_forecasts", "visible_handoffs",
]
