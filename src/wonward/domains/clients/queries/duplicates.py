"""Records that may be one: looked up by their keys for one record, listed for the whole house."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Model, Q, QuerySet

from wonward.domains.clients.models import (
    Affiliation,
    Company,
    CompanyMatchKey,
    Contact,
    ContactMatchKey,
    ContactPoint,
    DuplicatePair,
    Merge,
)
from wonward.domains.clients.queries.records import visible_companies, visible_contacts
from wonward.domains.clients.rules.sameness import (
    SAME,
    CompanySketch,
    ContactSketch,
    MatchKeys,
    company_keys,
    compare_companies,
    compare_contacts,
    contact_keys,
)
from wonward.domains.clients.types import DuplicateRow, MergeRow, PossibleDuplicate
from wonward.foundation.access.policy import reaches_all
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_STRONG_READ = 20
_WEAK_READ = 40
_SHOWN = 5
COMPANY, CONTACT = "clients.company", "clients.contact"


def sketch_companies(company_ids: Iterable[int]) -> dict[int, CompanySketch]:
    """What live companies are compared by; one query."""
    rows = Company.objects.filter(pk__in=set(company_ids), archived_at__isnull=True)
    return {
        key: CompanySketch.of(name, domain, country, [phone])
        for key, name, domain, country, phone in rows.values_list("pk", "name", "domain", "country", "phone")
    }


def sketch_contacts(contact_ids: Iterable[int]) -> dict[int, ContactSketch]:
    """What live contacts are compared by; three queries."""
    names = dict(Contact.objects.filter(pk__in=set(contact_ids), archived_at__isnull=True).values_list("pk", "name"))
    points: dict[tuple[int, str], list[str]] = {}
    for key, kind, value in ContactPoint.objects.filter(contact_id__in=names).values_list("contact_id", "kind", "value"):
        points.setdefault((key, kind), []).append(value)
    homes: dict[int, set[int]] = {}
    for key, company_id in Affiliation.objects.filter(contact_id__in=names).values_list("contact_id", "company_id"):
        homes.setdefault(key, set()).add(company_id)
    return {
        key: ContactSketch.of(name, points.get((key, "email"), ()), points.get((key, "phone"), ()), homes.get(key, ()))
        for key, name in names.items()
    }


def find_same_companies(company: CompanySketch, *, except_ids: Collection[int] = ()) -> list[PossibleDuplicate]:
    """Live companies that may be the one sketched, the surest first, whoever sees them."""
    ids = _candidates(CompanyMatchKey, "company_id", company_keys(company), except_ids)
    found = [(key, compare_companies(company, other)) for key, other in sketch_companies(ids).items()]
    sure = sorted(((one.score, key, one.because) for key, one in found if one.score >= SAME), reverse=True)
    return [PossibleDuplicate(key, "", because, score) for score, key, because in sure]


def find_same_contacts(contact: ContactSketch, *, except_ids: Collection[int] = ()) -> list[PossibleDuplicate]:
    """Live contacts that may be the one sketched, the surest first, whoever sees them."""
    ids = _candidates(ContactMatchKey, "contact_id", contact_keys(contact), except_ids)
    found = [(key, compare_contacts(contact, other)) for key, other in sketch_contacts(ids).items()]
    sure = sorted(((one.score, key, one.because) for key, one in found if one.score >= SAME), reverse=True)
    return [PossibleDuplicate(key, "", because, score) for score, key, because in sure]


def _candidates(model: type[Model], column: str, keys: MatchKeys, except_ids: Collection[int]) -> set[int]:
    """Ids filed under one of the strong keys, and those that share the most weak ones."""
    rows = model._default_manager.exclude(**{f"{column}__in": set(except_ids)}) if except_ids else model._default_manager.all()
    found: set[int] = set()
    if keys.strong:
        found |= set(rows.filter(key__in=keys.strong).values_list(column, flat=True)[:_STRONG_READ])
    if keys.weak:
        weak = rows.filter(key__in=keys.weak).values(column).annotate(shared=Count("pk")).order_by("-shared", column)
        found |= {row[column] for row in weak[:_WEAK_READ]}
    return found


def find_duplicate_companies(
    *, actor: Actor, name: str, domain: str = "", country: str = "", phone: str = "", except_id: int = 0
) -> list[PossibleDuplicate]:
    """Companies that may be the same, for a warning; never a reason to refuse."""
    same = find_same_companies(CompanySketch.of(name, domain, country, [phone]), except_ids=[except_id])
    return _named(same, visible_companies(actor))


def find_duplicate_contacts(
    *, actor: Actor, email: str, phone: str = "", name: str = "", company_id: int | None = None, except_id: int = 0
) -> list[PossibleDuplicate]:
    """Contacts that may be the same, for a warning; never a reason to refuse."""
    homes = [company_id] if company_id else []
    same = find_same_contacts(ContactSketch.of(name, [email], [phone], homes), except_ids=[except_id])
    return _named(same, visible_contacts(actor))


def _named(same: list[PossibleDuplicate], visible: QuerySet[Any]) -> list[PossibleDuplicate]:
    if not same:
        return []
    names = dict(visible.filter(pk__in=[one.id for one in same]).values_list("pk", "name"))
    return [PossibleDuplicate(one.id, names[one.id], one.because, one.score) for one in same if one.id in names][:_SHOWN]


def list_duplicates(*, actor: Actor, noun: str, record_id: int | None = None, offset: int = 0, limit: int = 50) -> list[DuplicateRow]:
    """Pairs nobody has decided on, of records the viewer sees, the surest first; three queries."""
    pairs = _open_pairs(actor, noun)
    if record_id is not None:
        pairs = pairs.filter(Q(first_id=record_id) | Q(second_id=record_id))
    rows = list(pairs.order_by("-score", "pk")[offset : offset + limit])
    wanted = {key for row in rows for key in (row.first_id, row.second_id)}
    words = _words_of(noun, wanted)
    return [
        DuplicateRow(row.pk, row.noun, row.first_id, row.second_id, words.get(row.first_id, ("", "")), words.get(row.second_id, ("", "")),
                     row.score, row.because)
        for row in rows
    ]


def count_duplicates(*, actor: Actor, noun: str) -> int:
    """How many pairs wait for a decision."""
    return _open_pairs(actor, noun).count()


def count_duplicates_of(*, actor: Actor, noun: str, record_id: int) -> int:
    """How many undecided pairs one record is part of."""
    return _open_pairs(actor, noun).filter(Q(first_id=record_id) | Q(second_id=record_id)).count()


def _open_pairs(actor: Actor, noun: str) -> QuerySet[DuplicatePair]:
    pairs = DuplicatePair.objects.filter(noun=noun, state="open")
    visible = visible_of(noun)(actor)
    if not reaches_all(noun, actor):
        pairs = pairs.filter(first_id__in=visible.values("pk"), second_id__in=visible.values("pk"))
    return pairs


def visible_of(noun: str) -> Any:
    """The access funnel of one of the two nouns."""
    return {COMPANY: visible_companies, CONTACT: visible_contacts}[noun]


def _words_of(noun: str, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Name and what tells a record apart, by id."""
    if noun == COMPANY:
        rows = Company.objects.filter(pk__in=ids).values_list("pk", "name", "number", "domain", "country")
        return {key: (name, " · ".join(filter(None, parts))) for key, name, *parts in rows}
    names = dict(Contact.objects.filter(pk__in=ids).values_list("pk", "name"))
    more: dict[int, list[str]] = {}
    homes = Affiliation.objects.filter(contact_id__in=ids, company__is_restricted=False).values_list("contact_id", "company__name")
    points = ContactPoint.objects.filter(contact_id__in=ids, is_primary=True).values_list("contact_id", "value")
    for key, text in (*homes, *points):
        more.setdefault(key, []).append(text)
    return {key: (name, " · ".join(more.get(key, [])[:3])) for key, name in names.items()}


def get_duplicate(*, actor: Actor, duplicate_id: int) -> DuplicateRow:
    """One pair of records the viewer sees, or NotFound."""
    row = DuplicatePair.objects.filter(pk=duplicate_id).first()
    if row is None or visible_of(row.noun)(actor).filter(pk__in=[row.first_id, row.second_id]).count() < 2:
        raise NotFound("pair", duplicate_id)
    words = _words_of(row.noun, [row.first_id, row.second_id])
    return DuplicateRow(row.pk, row.noun, row.first_id, row.second_id, words[row.first_id], words[row.second_id], row.score, row.because)


def list_merges(*, actor: Actor, noun: str, record_id: int) -> list[MergeRow]:
    """What was merged into a record the viewer has been shown, the newest first."""
    if not visible_of(noun)(actor).filter(pk=record_id).exists():
        return []
    rows = Merge.objects.filter(noun=noun, target_id=record_id).order_by("-merged_at", "-pk")[:20]
    return [_merge_row(row) for row in rows]


def get_merge(*, actor: Actor, merge_id: int) -> MergeRow:
    """One merge of records the viewer sees, or NotFound."""
    row = Merge.objects.filter(pk=merge_id).first()
    if row is None or not visible_of(row.noun)(actor).filter(pk=row.target_id).exists():
        raise NotFound("merge", merge_id)
    return _merge_row(row)


def _merge_row(row: Merge) -> MergeRow:
    left = tuple((str(label), int(key)) for label, key in row.left)
    return MergeRow(row.pk, row.noun, row.source_id, row.target_id, row.source_name, row.target_name, row.moved_count, row.merged_at,
                    row.merged_by, row.undone_at, left)


def find_merged(refs: Collection[Ref]) -> dict[Ref, str]:
    """The names of those of some companies and contacts that have been merged into others; asked only where there are any."""
    found: dict[Ref, str] = {}
    models: tuple[tuple[str, Any], ...] = ((COMPANY, Company), (CONTACT, Contact))
    for noun, model in models:
        if keys := {ref.id for ref in refs if ref.noun == noun}:
            gone = model.objects.filter(pk__in=keys, merged_into__isnull=False).order_by("pk")
            found |= {Ref(noun, key): name for key, name in gone.values_list("pk", "name")}
    return found


def find_merged_into(*, noun: str, record_id: int) -> int | None:
    """Where a record went that was merged, followed to the end; None when it was not."""
    model: Any = Company if noun == COMPANY else Contact
    seen: set[int] = set()
    at: int | None = record_id
    while at is not None and at not in seen:
        seen.add(at)
        after = model.objects.filter(pk=at).values_list("merged_into_id", flat=True).first()
        if after is None:
            break
        at = after
    return None if at == record_id else at
