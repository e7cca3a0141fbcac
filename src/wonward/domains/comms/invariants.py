"""What must hold about the log; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import F

from wonward.domains.comms.models import CommunicationLink


def check_links_bear_the_time_of_their_entries() -> list[str]:
    """A record's log is read in the order of its links: each has the time of its entry."""
    wrong = CommunicationLink.objects.exclude(happened_at=F("communication__happened_at")).order_by("pk")
    return [
        f"The log entry {key} stands in the log of {noun}:{ref_id} at another time than its own."
        for key, noun, ref_id in wrong.values_list("communication_id", "noun", "ref_id")[:100]
    ]
