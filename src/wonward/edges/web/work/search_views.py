"""Search: everything the viewer may see, by words, numbers, types, clients and owners."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.staff.queries import list_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import PLACES, record_address
from wonward.edges.web.shell.render import render
from wonward.foundation.access.policy import names_of, visible_refs
from wonward.foundation.saved_views.queries import list_pinned_records
from wonward.foundation.search.queries import search_records
from wonward.foundation.search.registry import CLIENT, OWNER
from wonward.foundation.search.rules import read_asked
from wonward.foundation.search.types import Asked, SearchHit
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

HITS_IN_PALETTE = 12
HITS_ON_PAGE = 60
_MOST_RECENT = 8
_MOST_VALUES = 50
_TYPE = "type"
FOUND = ("sales.lead", "sales.deal", "clients.company", "clients.contact", "delivery.project", "delivery.task")
TYPES = {
    "sales.lead": (gettext_lazy("lead"), gettext_lazy("leads")), "sales.deal": (gettext_lazy("deal"), gettext_lazy("deals")),
    "clients.company": (gettext_lazy("client"), gettext_lazy("clients")), "clients.contact": (gettext_lazy("contact"), gettext_lazy("contacts")),
    "delivery.project": (gettext_lazy("project"), gettext_lazy("projects")), "delivery.task": (gettext_lazy("task"), gettext_lazy("tasks")),
}
_ENGLISH = {
    "lead": "sales.lead", "leads": "sales.lead", "deal": "sales.deal", "deals": "sales.deal", "client": "clients.company",
    "clients": "clients.company", "company": "clients.company", "companies": "clients.company", "contact": "clients.contact",
    "contacts": "clients.contact", "project": "delivery.project", "projects": "delivery.project", "task": "delivery.task", "tasks": "delivery.task",
}


@dataclass(frozen=True, slots=True)
class HitView:
    """One line of the palette."""

    href: str
    icon: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the filters come to; `unknown` says what they name that nobody finds."""

    nouns: Collection[str]
    facets: Mapping[str, Collection[int]]
    words: str
    unknown: str = ""


@page(permission=None)
def search(request: SignedInRequest) -> HttpResponse:
    """Everything the viewer may see that fits the words: the palette's list, or a page of its own. Without words what is pinned and what was seen last."""
    text = request.GET.get("q", "").strip()[:200]
    most = HITS_IN_PALETTE if is_fragment(request) else HITS_ON_PAGE
    asked = read_asked(text, _keys())
    narrowed = _narrow(request.actor, asked)
    result = None
    if text and not narrowed.unknown:
        result = search_records(request.actor, narrowed.words, nouns=narrowed.nouns, limit=most, narrow=narrowed.facets)
    hits = hit_views(result.hits) if result else _at_hand(request.actor, request.GET.get("recent", "")) if not text else []
    context = {
        "text": text, "hits": hits, "is_full": len(hits) >= most, "is_partial": result.is_partial if result else False,
        "unknown": narrowed.unknown, "chips": _chips(asked),
    }
    return render(request, "work/search.html", context, block="options")


def hit_views(hits: Sequence[SearchHit]) -> list[HitView]:
    """Hits with where they lead."""
    return [
        HitView(record_address(hit.ref), PLACES[hit.ref.noun].icon, hit.title, " · ".join(part for part in (hit.number, hit.subtitle) if part))
        for hit in hits if hit.ref.noun in PLACES
    ]


def _keys() -> dict[str, str]:
    """The words that name a filter, in English and in the viewer's language."""
    spoken = {_("client"): CLIENT, _("owner"): OWNER, _("type"): _TYPE}
    return {"client": CLIENT, "company": CLIENT, "owner": OWNER, "type": _TYPE, **{word.casefold(): key for word, key in spoken.items()}}


def _types() -> dict[str, str]:
    spoken = {str(word).casefold(): noun for noun, words in TYPES.items() for word in words}
    return {**_ENGLISH, **spoken}


def _narrow(actor: Actor, asked: Asked) -> Narrowed:
    """The nouns and facets of a query; a filter that names nothing the viewer sees is said to be unknown."""
    types = _types()
    nouns: set[str] = set()
    for value in asked.filters.get(_TYPE, ()):
        noun = types.get(value.casefold())
        if noun is None:
            return Narrowed((), {}, "", _("There is no type “%(value)s”.") % {"value": value})
        nouns.add(noun)
    words = asked.words
    first, _blank, rest = words.partition(" ")
    if not nouns and first.casefold() in types and (rest.strip() or asked.filters):
        nouns, words = {types[first.casefold()]}, rest
    facets: dict[str, Collection[int]] = {}
    for value in asked.filters.get(CLIENT, ()):
        found = {hit.ref.id for hit in search_records(actor, value, nouns=("clients.company",), limit=_MOST_VALUES).hits}
        if not found:
            return Narrowed((), {}, "", _("No client “%(value)s”.") % {"value": value})
        facets[CLIENT] = found
    for value in asked.filters.get(OWNER, ()):
        people = _owners(actor, value)
        if not people:
            return Narrowed((), {}, "", _("No colleague “%(value)s”.") % {"value": value})
        facets[OWNER] = people
    return Narrowed(tuple(nouns) or FOUND, facets, words)


def _owners(actor: Actor, value: str) -> set[int]:
    if value.casefold() in ("me", _("me").casefold()):
        return {actor.person_id} if actor.person_id else set()
    return {row.id for row in list_people(actor=actor, text=value, limit=_MOST_VALUES)}


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """Each filter with the address of the search without it."""
    words = {CLIENT: _("Client"), OWNER: _("Owner"), _TYPE: _("Type")}
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
