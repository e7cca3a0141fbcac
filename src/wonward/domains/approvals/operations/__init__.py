"""Putting something forward, answering, and everything around it. Whether the actor may put a record forward is settled by whose it is."""

from wonward.domains.approvals.operations.answering import answer_by_link, answer_step, record_answer
from wonward.domains.approvals.operations.asking import open_version, withdraw_approval
from wonward.domains.approvals.operations.links import (
    delegate_by_link,
    delegate_step,
    make_approval_link,
    note_sighting,
    note_sighting_by_link,
    remind_of_due,
)

__all__ = [
    "answer_by_link", "answer_step", "delegate_by_link", "delegate_step", "make_approval_link", "note_sighting", "note_sighting_by_link",
    "open_version", "record_answer", "remind_of_due", "withdraw_approval",
]
