"""Background work of sales."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.domains.sales.operations.answers import escalate_late_answers
from wonward.domains.sales.operations.discipline import escalate_overdue_next_actions
from wonward.domains.sales.operations.forms import prune_submissions
from wonward.domains.sales.operations.scoring import rescore_open_leads
from wonward.domains.sales.operations.terms import keep_contracts_going
from wonward.foundation.jobs.registry import job


@job("sales.leads.rescore")
def rescore_leads(*, now: datetime) -> None:
    del now
    rescore_open_leads()


@job("sales.forms.prune", every=timedelta(days=1))
def forget_senders(*, now: datetime) -> None:
    prune_submissions(before=now - timedelta(days=30))


@job("sales.discipline.watch", every=timedelta(minutes=30))
def watch_next_actions(*, now: datetime) -> None:
    escalate_overdue_next_actions(now=now)
    escalate_late_answers(now=now)


@job("sales.terms.watch", every=timedelta(hours=6))
def watch_contracts(*, now: datetime) -> None:
    keep_contracts_going(now=now)
