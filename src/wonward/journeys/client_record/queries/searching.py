"""One search for the screen and for programs: words, numbers and filters over everything the viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from wonward.domains.catalog.queries import list_services
from wonward.domains.staff.queries import list_people
from wonward.foundation.search.queries import search_records
from wonward.foundation.search.registry import CLIENT, OWNER
from wonward.foundation.search.rules import read_asked, read_number
from wonward.foundation.search.types import Asked, SearchHit
from wonward.journeys.handoff.queries import list_handoffs
from wonward.journeys.promises.queries.naming import find_promises_by_words
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

TYPE = "type"
# What is looked for comes first; what was written about it fills the rest.
RECORDS = ("sales.lead", "sales.deal", "clients.company", "clients.contact", "delivery.project", "delivery.task")
BESIDE = ("comms.communication", "files.document")
LISTED = ("promises.promise", "handoff.handoff", "catalog.service", "staff.person")
NOUNS = (*RECORDS, *LISTED, *BESIDE)
FILTERS: Mapping[str, str] = {"client": CLIENT, "company": CLIENT, "owner": OWNER, "type": TYPE}
TYPES: Mapping[str, str] = {
    word: noun
    for noun, words in {
        "sales.lead": ("lead", "leads"), "sales.deal": ("deal", "deals"), "clients.company": ("client", "clients", "company", "companies"),
        "clients.contact": ("contact", "contacts"), "delivery.project": ("project", "projects"), "delivery.task": ("task", "tasks"),
        "promises.promise": ("promise", "promises"), "handoff.handoff": ("handoff", "handoffs"), "catalog.service": ("service", "services"),
        "staff.person": ("colleague", "colleagues"), "comms.communication": ("log",), "files.document": ("document", "documents"),
    }.items()
    for word in words
}
_MOST_VALUES = 50
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What fits, best first. `unknown` says what a filter names that nobody finds; then nothing fits."""

    hits: tuple[SearchHit, ...]
    asked: Asked
    is_partial: bool = False
    unknown: str = ""


def search_everything(
    *, actor: Actor, text: str, limit: int, nouns: Collection[str] = (), filters: Mapping[str, str] = FILTERS, types: Mapping[str, str] = TYPES,
    mine: Collection[str] = ("me",),
) -> Found:
    """What fits `text` among everything the viewer sees: words, "words in a row", a number, `client:`, `owner:`, `type:`.

    `filters` and `types` are the words that name a filter and a kind of record, `mine` those that mean the viewer themselves.
    `nouns` narrows where the text names no kind.
    """
    asked = read_asked(text, filters)
    kinds: set[str] = set()
    for value in asked.filters.get(TYPE, ()):
        if (kind := types.get(value.casefold())) is None:
            return Found((), asked, unknown=worded("There is no type “{value}”.", value=value))
        kinds.add(kind)
    words = asked.words
    first, _blank, rest = words.partition(" ")
    if not kinds and first.casefold() in types and (rest.strip() or asked.filters):
        kinds, words = {types[first.casefold()]}, rest.strip()
    narrow: dict[str, Collection[int]] = {}
    for value in asked.filters.get(CLIENT, ()):
        narrow[CLIENT] = {hit.ref.id for hit in search_records(actor, value, nouns=("clients.company",), limit=_MOST_VALUES).hits}
        if not narrow[CLIENT]:
            return Found((), asked, unknown=worded("No client “{value}”.", value=value))
    for value in asked.filters.get(OWNER, ()):
        narrow[OWNER] = _owners(actor, value, mine)
        if not narrow[OWNER]:
            return Found((), asked, unknown=worded("No colleague “{value}”.", value=value))
    return _search(actor, replace(asked, words=words), kinds or set(nouns) or set(NOUNS), narrow, limit)


def _search(actor: Actor, asked: Asked, wanted: set[str], narrow: Mapping[str, Collection[int]], limit: int) -> Found:
    """Records come first, then what stands in lists of its own, then the log and files; two lots are read, so that neither crowds out the other."""
    nouns = [noun for noun in (*RECORDS, *BESIDE) if noun in wanted]
    result = search_records(actor, asked.words, nouns=nouns, limit=2 * limit, narrow=narrow) if nouns else None
    found = result.hits if result else ()
    hits = {hit.ref: hit for hit in found if hit.ref.noun in RECORDS}
    if not narrow:
        hits |= {hit.ref: hit for noun in LISTED if noun in wanted for hit in _listed(actor, noun, asked.words, limit - len(hits))}
    hits |= {hit.ref: hit for hit in found if hit.ref.noun in BESIDE}
    return Found(tuple(hits.values())[:limit], asked, result.is_partial if result else False)


def _owners(actor: Actor, value: str, mine: Collection[str]) -> set[int]:
    if value.casefold() in mine:
        return {actor.person_id} if actor.person_id else set()
    return {row.id for row in list_people(actor=actor, text=value, limit=_MOST_VALUES)}


def _listed(actor: Actor, noun: str, text: str, limit: int) -> list[SearchHit]:
    """Hits among records of which there are few enough to be asked for by their own lists."""
    words = read_number(text) or text.strip().strip('"')
    return _LISTS[noun](actor, words, limit) if len(words) >= _SHORTEST and limit > 0 else []


def _promises(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    rows = find_promises_by_words(actor=actor, text=text, limit=limit) if actor.may("promises.promise.view") else []
    return [SearchHit(Ref("promises.promise", row.id), row.text, "", row.number, row.updated_at) for row in rows]


def _handoffs(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    rows = list_handoffs(actor=actor, text=text, limit=limit) if actor.may("handoff.handoff.view") else []
    return [SearchHit(Ref("handoff.handoff", row.id), row.deal_name, row.company_name, row.number, row.updated_at) for row in rows]


def _services(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    rows = list_services(actor=actor, text=text, limit=limit) if actor.may("catalog.service.view") else []
    return [SearchHit(Ref("catalog.service", row.id), row.name, row.description[:120], "", row.updated_at) for row in rows]


def _people(actor: Actor, text: str, limit: int) -> list[SearchHit]:
    return [
        SearchHit(Ref("staff.person", row.id), row.name, row.job_title, "", None) for row in list_people(actor=actor, text=text, limit=limit)
    ]


_LISTS: Mapping[str, Callable[[Actor, str, int], list[SearchHit]]] = {
    "promises.promise": _promises, "handoff.handoff": _handoffs, "catalog.service": _services, "staff.person": _people,
}
