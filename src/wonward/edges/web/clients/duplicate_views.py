"""Records that may be one: the list, the merge of two, and its undo."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.domains.clients.operations import ask_for_duplicates, decide_duplicate, merge_records, undo_merge
from wonward.domains.clients.queries import (
    count_duplicates,
    get_company,
    get_company_names,
    get_contact,
    get_contact_names,
    get_duplicate,
    get_merge,
    list_duplicates,
)
from wonward.domains.staff.queries import get_person_names
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.edges.web.shell.saved_lists import SavedList, look_at, register_list
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused

PAIRS_PER_PAGE = 30
NOUNS = {"companies": "clients.company", "contacts": "clients.contact"}
BECAUSE = {
    "same name": gettext_lazy("same name"), "nearly the same name": gettext_lazy("nearly the same name"),
    "same domain": gettext_lazy("same domain"), "same domain and name": gettext_lazy("same domain and name"),
    "same e-mail address": gettext_lazy("same e-mail address"), "same number and name": gettext_lazy("same number and name"),
    "same number and a similar name": gettext_lazy("same number and a similar name"),
    "same name at the same company": gettext_lazy("same name at the same company"),
    "nearly the same name at the same company": gettext_lazy("nearly the same name at the same company"),
    "initial and family name at the same company": gettext_lazy("initial and family name at the same company"),
}
COMPANY_FIELDS = {
    "name": gettext_lazy("Name"), "domain": gettext_lazy("Domain"), "phone": gettext_lazy("Phone"), "address": gettext_lazy("Address"),
    "industry": gettext_lazy("Industry"), "country": gettext_lazy("Country"), "tier": gettext_lazy("Tier"),
    "employees": gettext_lazy("People"), "owner_id": gettext_lazy("Owner"), "parent_id": gettext_lazy("Parent company"),
    "pain_points": gettext_lazy("Pain points"), "preferences": gettext_lazy("Preferences"), "source": gettext_lazy("Source"),
    "referred_by_id": gettext_lazy("Brought by"),
}
CONTACT_FIELDS = {
    "name": gettext_lazy("Name"), "title": gettext_lazy("Title"), "preference": gettext_lazy("Prefers"),
    "pain_points": gettext_lazy("Pain points"), "source": gettext_lazy("Source"), "referred_by_id": gettext_lazy("Brought by"),
}


DUPLICATES = register_list(SavedList(
    "clients.duplicates", "duplicates", gettext_lazy("Duplicates"), gettext_lazy("All pairs"), "clients.record.merge", ("of", "record"),
))


def duplicate_words(because: str) -> str:
    """Why two records may be one, in the reader's language."""
    return str(BECAUSE.get(because, because))


@page(permission="clients.record.merge", methods=("GET", "POST"))
def duplicates(request: SignedInRequest) -> HttpResponse:
    """Pairs nobody has decided on; posting has everything looked through again."""
    look = look_at(request, DUPLICATES)
    of = look.query.get("of", "companies")
    of = of if of in NOUNS else "companies"
    notice = ""
    if request.method == "POST":
        ask_for_duplicates(actor=request.actor, noun=NOUNS[of], now=request.now)
        notice = _("All records are being looked through. Pairs appear here as they are found.")
    reader = FormReader(look.query)
    number, record_id = max(1, reader.number("page") or 1), reader.number("record")
    pairs = list_duplicates(
        actor=request.actor, noun=NOUNS[of], record_id=record_id, offset=(number - 1) * PAIRS_PER_PAGE, limit=PAIRS_PER_PAGE + 1
    )
    counts = {key: count_duplicates(actor=request.actor, noun=noun) for key, noun in NOUNS.items()}
    context = {
        "of": of, "pairs": pairs[:PAIRS_PER_PAGE], "has_next": len(pairs) > PAIRS_PER_PAGE, "page_number": number, "counts": counts,
        "page_href": look.without("page"), "look": look, "notice": notice, "record_id": record_id, "duplicate_words": duplicate_words,
    }
    return render(request, "clients/duplicates.html", context, block="rows")


@page(permission="clients.record.merge", methods=("POST",))
def duplicate_decision(request: SignedInRequest, duplicate_id: int) -> HttpResponse:
    """Say that two records are different ones, or take that back."""
    is_different = FormReader(request.POST).flag("is_different")
    pair = get_duplicate(actor=request.actor, duplicate_id=duplicate_id)
    decide_duplicate(actor=request.actor, duplicate_id=duplicate_id, is_different=is_different, now=request.now)
    if not is_fragment(request):
        of = next(key for key, noun in NOUNS.items() if noun == pair.noun)
        return go_to(request, f"{address_of('duplicates')}?of={of}")
    return with_toast(
        HttpResponse(""), _("You will not be asked about these two again.") if is_different else _("Back on the list."),
        undo_url=address_of("duplicate_decision", duplicate_id=duplicate_id) if is_different else "", undo_values={"is_different": ""},
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of both records."""

    name: str
    label: str
    left: str
    right: str
    differs: bool


@page(permission="clients.record.merge", methods=("GET", "POST"))
def merge(request: SignedInRequest) -> HttpResponse:
    """Two records side by side: which stays, and what it keeps."""
    data = request.POST if request.method == "POST" else request.GET
    reader = FormReader(data)
    of, one, other = _pair_asked(request.actor, reader, data.get("of", "companies"))
    left, right = _record(request.actor, of, one), _record(request.actor, of, other)
    target_id = reader.number("target") or _likely_target(left, right)
    names = COMPANY_FIELDS if of == "companies" else CONTACT_FIELDS
    error = ""
    if request.method == "POST":
        try:
            if target_id not in (one, other):
                raise Refused.field("target", _("Choose which one stays."))
            source_id = other if target_id == one else one
            take = [name for name in names if data.get(f"field_{name}") == str(source_id)]
            merge_id = merge_records(
                actor=request.actor, noun=NOUNS[of], source_id=source_id, target_id=target_id, take=take, now=request.now
            )
            moved = get_merge(actor=request.actor, merge_id=merge_id).moved_count
            answer = go_to(request, _address(of, target_id))
            words = ngettext("Merged; %(num)s row moved.", "Merged; %(num)s rows moved.", moved) % {"num": moved}
            return with_toast(answer, words)
        except Refused as refusal:
            error = refusal.message
    context = {
        "of": of, "left": left, "right": right, "target_id": target_id, "error": error, "rows": _differences(of, left, right, names),
    }
    return render(request, "clients/merge.html", context, status=422 if error else 200)


def _pair_asked(actor: Actor, reader: FormReader, of: str) -> tuple[str, int, int]:
    """Which two, named as a pair that was found or one by one."""
    key = reader.number("pair")
    if key is not None:
        pair = get_duplicate(actor=actor, duplicate_id=key)
        return next(name for name, noun in NOUNS.items() if noun == pair.noun), pair.first_id, pair.second_id
    one, other = reader.number("one"), reader.number("other")
    reader.finish()
    if of not in NOUNS or one is None or other is None:
        raise Refused.field("pair", _("Choose two records to merge."), "required")
    return of, one, other


def _record(actor: Actor, of: str, key: int) -> Any:
    row: Any = get_company(actor=actor, company_id=key) if of == "companies" else get_contact(actor=actor, contact_id=key)
    if row.merged_into_id is not None:
        raise Conflict(_("“%(name)s” has been merged in the meantime.") % {"name": row.name})
    return row


def _likely_target(left: Any, right: Any) -> int:
    """The one with more to it stays; among equals the older one."""
    filled = [sum(1 for name in COMPANY_FIELDS if getattr(row, name, None)) + 20 * bool(getattr(row, "client_since_date", None)) for row in (left, right)]
    return int(right.id if filled[1] > filled[0] else left.id)


def _differences(of: str, left: Any, right: Any, names: dict[str, Any]) -> list[Difference]:
    people = get_person_names([getattr(row, "owner_id", None) for row in (left, right)])
    companies = get_company_names([getattr(row, "parent_id", None) for row in (left, right)])
    contacts = get_contact_names([row.referred_by_id for row in (left, right)])
    words = SimpleNamespace(owner_id=people, parent_id=companies, referred_by_id=contacts)

    def shown(row: Any, name: str) -> str:
        value = getattr(row, name)
        return "" if value is None else str(getattr(words, name, {}).get(value, value))

    rows = []
    for name, label in names.items():
        one, other = shown(left, name), shown(right, name)
        if one or other:
            rows.append(Difference(name, str(label), one, other, bool(one and other and one != other)))
    return rows


def _address(of: str, key: int) -> str:
    return address_of("company", company_id=key) if of == "companies" else address_of("contact", contact_id=key)


@page(permission="clients.record.merge", methods=("POST",))
def merge_undo(request: SignedInRequest, merge_id: int) -> HttpResponse:
    """Take a merge back; what was changed since stays as it is."""
    row = get_merge(actor=request.actor, merge_id=merge_id)
    undo_merge(actor=request.actor, merge_id=merge_id, now=request.now)
    of = next(name for name, noun in NOUNS.items() if noun == row.noun)
    return go_to(request, _address(of, row.source_id))
