"""Search: everything the viewer may see, by words, numbers, types, clients and owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import PLACES, RecordPlace, record_address
from wonward.edges.web.shell.render import render
from wonward.foundation.access.policy import names_of, visible_refs
from wonward.foundation.saved_views.queries import list_pinned_records
from wonward.foundation.search.registry import CLIENT, OWNER
from wonward.foundation.search.types import Asked, SearchHit
from wonward.journeys.client_record.queries import searching
from wonward.journeys.client_record.queries.searching import TYPE, search_everything
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

HITS_IN_PALETTE = 12
HITS_ON_PAGE = 60
_MOST_RECENT = 8
TYPES = {
    "sales.lead": (gettext_lazy("lead"), gettext_lazy("leads")), "sales.deal": (gettext_lazy("deal"), gettext_lazy("deals")),
    "clients.company": (gettext_lazy("client"), gettext_lazy("clients")), "clients.contact": (gettext_lazy("contact"), gettext_lazy("contacts")),
    "delivery.project": (gettext_lazy("project"), gettext_lazy("projects")), "delivery.task": (gettext_lazy("task"), gettext_lazy("tasks")),
    "promises.promise": (gettext_lazy("promise"), gettext_lazy("promises")), "handoff.handoff": (gettext_lazy("handoff"), gettext_lazy("handoffs")),
    "catalog.service": (gettext_lazy("service"), gettext_lazy("services")), "staff.person": (gettext_lazy("colleague"), gettext_lazy("colleagues")),
    "files.document": (gettext_lazy("document"), gettext_lazy("documents")), "comms.communication": (gettext_lazy("log entry"), gettext_lazy("log")),
}
# Where else a hit leads, with the right its page asks for; who has none of them is not led anywhere.
_FURTHER = {
    "comms.communication": ((RecordPlace("log_entry", "communication_id", "message-square", ""), "comms.communication.view"),),
    "files.document": ((RecordPlace("document", "document_id", "file-text", ""), None),),
    "catalog.service": ((RecordPlace("service", "service_id", "tag", ""), "catalog.service.edit"), (RecordPlace("templates", "", "tag", ""), "catalog.service.view")),
    "staff.person": ((RecordPlace("team_person", "person_id", "user", ""), "staff.booking.view"), (RecordPlace("person", "person_id", "user", ""), "staff.person.edit")),
}


@dataclass(frozen=True, slots=True)
class HitView:
    """One line of the palette."""

    href: str
    icon: str
    title: str
    detail: str


@page(permission=None)
def search(request: SignedInRequest) -> HttpResponse:
    """Everything the viewer may see that fits the words: the palette's list, or a page of its own. Without words what is pinned and what was seen last."""
    text = request.GET.get("q", "").strip()[:200]
    most = HITS_IN_PALETTE if is_fragment(request) else HITS_ON_PAGE
    found = search_everything(
        actor=request.actor, text=text, limit=most, filters=_keys(), types=_types(), mine=("me", _("me").casefold())
    )
    hits = hit_views(request.actor, found.hits) if text else _at_hand(request.actor, request.GET.get("recent", ""))
    context = {
        "text": text, "hits": hits, "is_full": len(hits) >= most, "is_partial": found.is_partial,
        "unknown": heard(found.unknown), "chips": _chips(found.asked),
    }
    return render(request, "work/search.html", context, block="options")


def hit_views(actor: Actor, hits: Sequence[SearchHit]) -> list[HitView]:
    """Hits with where they lead."""
    return [
        HitView(
            address_of(place.route, **({place.key: hit.ref.id} if place.key else {})), place.icon, hit.title,
            " · ".join(part for part in (hit.number, hit.subtitle) if part),
        )
        for hit in hits if (place := _place_of(actor, hit.ref))
    ]


def _place_of(actor: Actor, ref: Ref) -> RecordPlace | None:
    ways = ((PLACES[ref.noun], None),) if ref.noun in PLACES else _FURTHER.get(ref.noun, ())
    return next((place for place, right in ways if right is None or actor.may(right)), None)


def _keys() -> dict[str, str]:
    """The words that name a filter, in English and in the viewer's language."""
    spoken = {_("client"): CLIENT, _("owner"): OWNER, _("type"): TYPE}
    return {**searching.FILTERS, **{word.casefold(): key for word, key in spoken.items()}}


def _types() -> dict[str, str]:
    return {**searching.TYPES, **{str(word).casefold(): noun for noun, words in TYPES.items() for word in words}}


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """Each filter with the address of the search without it."""
    words = {CLIENT: _("Client"), OWNER: _("Owner"), TYPE: _("Type")}
    found = []
    for key, values in asked.filters.items():
        others = [f'{other}:"{value}"' for other, several in asked.filters.items() if other != key for value in several]
        found.append((f"{words[key]}: {', '.join(values)}", f"{address_of('search')}?{urlencode({'q': ' '.join([*others, asked.words]).strip()})}"))
    return found


def _at_hand(actor: Actor, text: str) -> list[HitView]:
    """The records somebody pinned, then those they looked at last, as far as they see them now."""
    pinned = [ref for ref in list_pinned_records(actor=actor) if ref.noun in PLACES]
    refs: list[Ref] = []
    for part in text.split(",")[: _MOST_RECENT + 1]:
        try:
            ref = Ref.parse(part[:60])
        except ValueError:
            continue
        if ref.noun in PLACES:
            refs.append(ref)
    seen = visible_refs(actor, refs)
    names = names_of([*pinned, *seen])
    shown = [*((ref, _("Pinned")) for ref in pinned), *((ref, _("Recent")) for ref in dict.fromkeys(refs) if ref in seen and ref not in pinned)]
    return [HitView(record_address(ref), PLACES[ref.noun].icon, names[ref], words) for ref, words in shown if ref in names]
