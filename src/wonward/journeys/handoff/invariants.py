"""What must hold between won deals, handoffs and projects; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from typing import Any

from django.db import connection


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def check_won_deals_have_one_handoff() -> list[str]:
    """Every deal won through the gate has exactly one handoff, and no other deal has any."""
    rows = _rows(
        """
        SELECT d.number, d.status, d.is_history, COUNT(h.id) FROM sales_deal d
        LEFT JOIN handoff_handoff h ON h.deal_id = d.id
        GROUP BY d.id, d.number, d.status, d.is_history
        HAVING COUNT(h.id) <> CASE WHEN d.status = 'won' AND NOT d.is_history THEN 1 ELSE 0 END
        ORDER BY d.id
        """
    )
    return [
        f"The deal {number} is {'history, ' if is_history else ''}{status} and has {count} handoffs."
        for number, status, is_history, count in rows
    ]


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
