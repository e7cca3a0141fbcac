"""Open deals that may be the same chance as one that is being opened."""

from __future__ import annotations

from difflib import SequenceMatcher

from wonward.domains.clients.rules.folding import fold_words
from wonward.domains.clients.types import PossibleDuplicate
from wonward.domains.sales.models import Deal
from wonward.kernel.actor import Actor

_MOST_READ = 200
_MOST_TOLD = 5
_ALIKE = 0.85


def find_like_deals(*, actor: Actor, name: str, company_id: int | None, except_id: int | None = None) -> list[PossibleDuplicate]:
    """Open deals of the same company that the viewer sees and whose name is the same or nearly so, the likeliest first."""
    if company_id is None or not name.strip():
        return []
    deals = Deal.objects.visible_to(actor).filter(status="open", company_id=company_id).exclude(pk=except_id or 0)
    found = [
        PossibleDuplicate(key, other, "same name at the same company" if score == 100 else "a similar name", score)
        for key, other in deals.order_by("-updated_at", "-pk").values_list("pk", "name")[:_MOST_READ]
        if (score := _likeness(name, other))
    ]
    return sorted(found, key=lambda one: (-one.score, one.id))[:_MOST_TOLD]


def _likeness(name: str, other: str) -> int:
    """100 for the same words in any order, less for a slip; 0 when they are two names."""
    one, two = sorted(fold_words(name)), sorted(fold_words(other))
    if one == two:
        return 100
    ratio = SequenceMatcher(None, " ".join(one), " ".join(two)).ratio()
    numbers = [[word for word in words if word.isdecimal()] for words in (one, two)]
    return int(100 * ratio) if ratio >= _ALIKE and numbers[0] == numbers[1] else 0
