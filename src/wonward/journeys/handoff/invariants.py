"""What must hold between won deals, handoffs and projects; `wonward check` reports every sentence returned here."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def check_won_deals_have_one_handoff() -> list[str]:
    """Every deal won through the gate has exactly one handoff; no other deal has any that was not withdrawn.

    A deal won while delivery was switched off is an open win instead, and has none.
    """
    rows = _rows(
        """
        SELECT d.number, d.status, d.is_history, COUNT(h.id) FROM sales_deal d
        LEFT JOIN handoff_handoff h ON h.deal_id = d.id AND h.status <> 'withdrawn'
        LEFT JOIN handoff_openwin o ON o.deal_id = d.id
        GROUP BY d.id, d.number, d.status, d.is_history, o.id
        HAVING COUNT(h.id) <> CASE WHEN d.status = 'won' AND NOT d.is_history AND o.id IS NULL THEN 1 ELSE 0 END
        ORDER BY d.id
        """
    )
    return [
        f"The deal {number} is {'history, ' if is_history else ''}{status} and has {count} handoffs."
        for number, status, is_history, count in rows
    ]


def check_open_wins_are_won() -> list[str]:
    """An open win is a won deal, and none of the history."""
    rows = _rows(
        """
        SELECT d.number FROM handoff_openwin o JOIN sales_deal d ON d.id = o.deal_id
        WHERE d.status <> 'won' OR d.is_history ORDER BY d.id
        """
    )
    return [f"The deal {number} is noted as an open win but is not won." for (number,) in rows]


def check_handoffs_have_projects() -> list[str]:
    """Every handoff has at least one project."""
    rows = _rows(
        """
        SELECT h.number FROM handoff_handoff h
        WHERE NOT EXISTS (SELECT 1 FROM handoff_handoffproject p WHERE p.handoff_id = h.id) ORDER BY h.id
        """
    )
    return [f"The handoff {number} has no project." for (number,) in rows]


def check_handoff_projects_are_whole() -> list[str]:
    """A project a win made belongs to the deal's company, and has tasks, a first baseline and a budget."""
    rows = _rows(
        """
        SELECT p.number, p.company_id = d.company_id,
               EXISTS (SELECT 1 FROM delivery_task t WHERE t.project_id = p.id),
               EXISTS (SELECT 1 FROM delivery_planbaseline b WHERE b.project_id = p.id),
               EXISTS (SELECT 1 FROM finance_budget f WHERE f.project_id = p.id)
        FROM handoff_handoffproject hp
        JOIN delivery_project p ON p.id = hp.project_id
        JOIN handoff_handoff h ON h.id = hp.handoff_id
        JOIN sales_deal d ON d.id = h.deal_id ORDER BY p.id
        """
    )
    parts = ("the company of its deal", "tasks", "a plan baseline", "a budget")
    return [
        f"The project {row[0]} came from a win but lacks {part}."
        for row in rows
        for part, is_there in zip(parts, row[1:], strict=True)
        if not is_there
    ]


def check_handoffs_froze_their_scope() -> list[str]:
    """Every handoff has a scope baseline and a main stakeholder on its deal."""
    rows = _rows(
        """
        SELECT h.number FROM handoff_handoff h
        WHERE NOT EXISTS (SELECT 1 FROM handoff_scopebaseline s WHERE s.handoff_id = h.id) ORDER BY h.id
        """
    )
    return [f"The handoff {number} has no frozen scope." for (number,) in rows]


def check_accepted_handoffs_have_live_projects() -> list[str]:
    """Accepting a handoff starts its projects."""
    rows = _rows(
        """
        SELECT h.number, p.number FROM handoff_handoff h
        JOIN handoff_handoffproject hp ON hp.handoff_id = h.id JOIN delivery_project p ON p.id = hp.project_id
        WHERE h.status = 'accepted' AND p.status = 'planned' ORDER BY h.id
        """
    )
    return [f"The handoff {handoff} is accepted, but its project {project} has not started." for handoff, project in rows]


def check_scope_versions_follow_each_other() -> list[str]:
    """The versions of a scope are numbered from 1 without a gap, and each is what its digest says."""
    rows = _rows("SELECT h.number, s.number, s.digest, s.document FROM handoff_scopebaseline s "
                 "JOIN handoff_handoff h ON h.id = s.handoff_id ORDER BY h.id, s.number")
    faults, last = [], ("", 0)
    for handoff, number, digest, document in rows:
        expected = last[1] + 1 if handoff == last[0] else 1
        if number != expected:
            faults.append(f"The handoff {handoff} has no version {expected} of its scope.")
        content = json.loads(document) if isinstance(document, str) else document
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            faults.append(f"Version {number} of the scope of {handoff} was changed after it was frozen.")
        last = (handoff, number)
    return faults


def check_answers_stand_in_their_threads() -> list[str]:
    """A question is answered exactly when sales has said something in its thread."""
    rows = _rows(
        """
        SELECT h.number, q.id FROM handoff_handoffquestion q JOIN handoff_handoff h ON h.id = q.handoff_id
        WHERE (q.answer <> '') <> EXISTS (
            SELECT 1 FROM handoff_questionmessage m WHERE m.question_id = q.id AND m.side = 'sales') ORDER BY q.id
        """
    )
    return [f"Question {question} of {handoff} and its thread disagree about the answer." for handoff, question in rows]
