"""An approval is visible where the record is that was put forward."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.approvals.models import Approval, ApprovalLink, ApprovalStep
from wonward.domains.approvals.queries import visible_approvals
from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, keeps_secret, moves_links
from wonward.kernel.actor import Actor


def visible_approval_ids(actor: Actor) -> QuerySet[Any]:
    return visible_approvals(actor).values_list("pk", flat=True)


def approval_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Approval.objects.filter(pk__in=ids).values_list("pk", "title"))


register_noun("approvals.approval", visible_approval_ids, is_host=False, names_of=approval_names)
keeps_secret(ApprovalLink, "digest")


@moves_links
def move_who_was_asked(move: LinkMove) -> None:
    move.keys("clients.contact", ApprovalStep, "contact_id")
    move.refs(Approval, "noun", "ref_id", alone_with=())
