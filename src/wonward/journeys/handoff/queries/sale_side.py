"""The sale behind a project, for those who deliver it."""

from __future__ import annotations

from dataclasses import replace

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import get_project
from wonward.foundation.access.policy import names_of, visible_refs
from wonward.foundation.audit.queries import AuditRow, list_changes_since
from wonward.foundation.files.queries import list_documents
from wonward.journeys.handoff.queries.handoffs import find_handoff_of_project
from wonward.journeys.handoff.queries.kickoff import kickoff_of
from wonward.journeys.handoff.queries.threads import list_questions
from wonward.journeys.handoff.types import SaleSide
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.rules.amounts import history_without_amounts
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MOST = 50
# What sales does with a deal that says nothing to those who deliver it, and what those do themselves.
_OF_NO_CONCERN = (
    "sales.next_action.", "sales.brief.", "sales.deal.win", "promises.promise.settle", "promises.promise.cover", "promises.promise.uncover",
    "promises.promise.attach",
)
_GIVEN_UP = ("waived", "replaced")


def get_sale_side(*, actor: Actor, project_id: int, page: int = 1) -> SaleSide:
    """Promises and conditions, what was said and filed, who is who, open questions and the kickoff; NotFound.

    What hangs on the deal is shown where the deal is, what was linked at the win where the project is. A page has the next
    `MOST` promises, entries and documents, so that every one of them can be reached.
    """
    get_project(actor=actor, project_id=project_id)
    handoff = find_handoff_of_project(actor=actor, project_id=project_id)
    home = Ref("delivery.project", project_id)
    homes = [home, Ref("sales.deal", handoff.deal_id)] if handoff else [home]
    start = (page - 1) * MOST
    promises = (
        list_promises(actor=actor, project_id=project_id, sort="-id", offset=start, limit=MOST + 1)
        if actor.may("promises.promise.view") else []
    )
    said = list_communications(actor=actor, refs=homes, offset=start, limit=MOST + 1)
    filed = list_documents(actor, homes, offset=start, limit=MOST + 1)
    return SaleSide(
        handoff, tuple(row for row in promises[:MOST] if row.state != "draft"),
        tuple(row for row in said[:MOST] if not row.is_automatic), tuple(filed[:MOST]), tuple(list_stakeholders(ref=home)),
        tuple(list_questions(handoff_id=handoff.id)) if handoff else (), kickoff_of(handoff) if handoff else None,
        max(len(promises), len(said), len(filed)) > MOST,
    )


def list_sale_changes(*, actor: Actor, side: SaleSide, limit: int = 30) -> list[tuple[str, AuditRow]]:
    """What changed since the handoff behind a sale the viewer has been shown, with what its record is called, the newest first.

    The deal, the client's people named on the project and what was promised to them, each as far as the viewer sees it.
    """
    if side.handoff is None or not actor.may("audit.history.view"):
        return []
    people = {Ref("clients.contact", row.contact_id) for row in side.stakeholders}
    refs = visible_refs(actor, {Ref("sales.deal", side.handoff.deal_id), *people}) | {Ref("promises.promise", row.id) for row in side.promises}
    found = [
        (ref, row) for ref, row in list_changes_since(actor=actor, refs=refs, since=side.handoff.submitted_at, limit=limit)
        if not row.operation.startswith(_OF_NO_CONCERN) or row.changes.get("state", [""])[-1] in _GIVEN_UP
    ]
    names, hidden = names_of({ref for ref, _ in found}), {Ref("promises.promise", row.id): row for row in side.promises if row.hides_amounts}
    return [
        (names.get(ref, ""), replace(row, changes=history_without_amounts(hidden[ref], row.changes)) if ref in hidden else row) for ref, row in found
    ]
