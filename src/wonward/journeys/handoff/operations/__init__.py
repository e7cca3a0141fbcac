"""What can be done with a handoff: win it into being, accept or return it, talk about it, amend it, prepare its kickoff."""

from wonward.journeys.handoff.operations.accepting import accept_handoff, answer_handoff, return_handoff
from wonward.journeys.handoff.operations.amending import amend_scope
from wonward.journeys.handoff.operations.asking import (
    change_handoff_rules,
    drop_required_answer,
    require_answer,
    save_gate_answers,
)
from wonward.journeys.handoff.operations.briefs import acknowledge_brief
from wonward.journeys.handoff.operations.kickoff import change_kickoff_list, plan_kickoff, tick_kickoff_item
from wonward.journeys.handoff.operations.reopening import reopen_won_deal
from wonward.journeys.handoff.operations.signing import accept_proposal
from wonward.journeys.handoff.operations.telling import note_forecast_visits, tell_client
from wonward.journeys.handoff.operations.threads import add_question_message, raise_question
from wonward.journeys.handoff.operations.undoing import undo_win
from wonward.journeys.handoff.operations.watching import escalate_overdue_handoffs, note_uncovered_at_kickoff
from wonward.journeys.handoff.operations.winning import close_deal_as_won

__all__ = [
    "accept_handoff", "accept_proposal", "acknowledge_brief", "add_question_message", "amend_scope", "answer_handoff", "change_handoff_rules",
    "change_kickoff_list", "close_deal_as_won", "drop_required_answer", "escalate_overdue_handoffs", "note_forecast_visits",
    "note_uncovered_at_kickoff",
    "plan_kickoff", "raise_question", "reopen_won_deal", "require_answer", "return_handoff", "save_gate_answers",
    "tell_client", "tick_kickoff_item", "undo_win",
]
