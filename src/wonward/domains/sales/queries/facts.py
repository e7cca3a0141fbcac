"""Single facts of selling for the sums of objectives, whoever may see them; what is restricted is left out."""

from __future__ import annotations

from datetime import date

from wonward.domains.sales.models import Deal, Lead


def list_closings(*, start: date, finish: date) -> list[tuple[int, date, bool, int | None, int]]:
    """Deals closed in a period: id, day, whether won, owner, value in the reporting currency; the latest first. One query."""
    closed = Deal.objects.filter(status__in=("won", "lost"), closed_date__range=(start, finish), is_restricted=False)
    found = closed.order_by("-closed_date", "-pk").values_list("pk", "closed_date", "status", "owner_id", "reporting_minor")
    return [(key, day, status == "won", owner_id, minor) for key, day, status, owner_id, minor in found if day is not None]


def list_first_responses(*, start: date, finish: date) -> list[tuple[int, date, int | None, int]]:
    """Leads received in a period that were answered: id, day, owner, minutes to the answer; the latest first. One query."""
    answered = Lead.objects.filter(responded_at__isnull=False, received_date__range=(start, finish), is_history=False)
    found = answered.order_by("-received_at", "-pk").values_list("pk", "received_date", "owner_id", "received_at", "responded_at")
    return [
        (key, day, owner_id, max(0, int((responded - received).total_seconds() // 60)))
        for key, day, owner_id, received, responded in found if responded is not None
    ]
