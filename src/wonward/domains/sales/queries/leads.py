"""Reading leads: the inbox, one lead, who else it may be, and how leads turn into deals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.db.models.functions import Lower

from wonward.domains.clients.queries import find_duplicate_companies, find_duplicate_contacts
from wonward.domains.clients.types import PossibleDuplicate
from wonward.domains.sales.models import Lead
from wonward.domains.sales.rules.leads import figures_of
from wonward.domains.sales.rules.scoring import email_kind
from wonward.domains.sales.types.leads import (
    Finding,
    LeadCounts,
    LeadFigures,
    LeadFilter,
    LeadRow,
    ScorePart,
    SourceRow,
)
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import keep_seen
from wonward.foundation.access.queries import question_of
from wonward.foundation.custom_fields.queries import narrow_by_fields, sort_by_field
from wonward.foundation.database.prepared import Question, count_of
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

# The most urgent first: who waits for an answer before who has one.
LEAD_SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "due": (F("responded_at").asc(nulls_first=True), "response_due_at", "pk"),
    "-due": (F("responded_at").desc(nulls_last=True), "-response_due_at", "-pk"),
    "received_at": ("received_at", "pk"), "-received_at": ("-received_at", "-pk"),
    "score": ("score", "pk"), "-score": ("-score", "-pk"),
    "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
    "created_at": ("created_at", "pk"), "-created_at": ("-created_at", "-pk"),
}
LEAD_GROUPS: dict[str, tuple[str, ...]] = {"source": ("source",), "owner": ("owner__name", "owner_id"), "company": ("company_name",)}
LEAD_VIEWS = ("late", "to_answer", "mine", "unowned", "open", "converted", "closed", "answered", "all")
_COLUMNS = (
    "pk", "number", "name", "company_name", "title", "email", "phone", "website", "country", "industry", "employees", "message",
    "source", "utm", "campaign_id", "campaign__name", "form__name", "service_id", "service__name", "pipeline_id", "owner_id",
    "owner__name", "qualification", "score", "score_parts", "status", "received_at", "received_date", "response_due_at",
    "responded_at", "responded_by__name", "closed_date", "closed_reason", "company_id", "contact_id", "deal_id", "is_history",
    "external_id", "version", "created_at", "updated_at",
)
_NAMED = ("campaign__name", "form__name", "service__name", "owner__name", "responded_by__name")


def list_leads(
    *, actor: Actor, where: LeadFilter, now: datetime, sort: str = "due", group: str = "", offset: int = 0, limit: int = 50
) -> list[LeadRow]:
    """A page of leads in one query; `sort` is one of LEAD_SORTS or `cf_` and the key of a custom field, `group` one of LEAD_GROUPS."""
    leads = _narrowed(actor, where, now)
    by_field = None if sort in LEAD_SORTS else sort_by_field(leads, noun="sales.lead", sort=sort, actor=actor)
    ordered = leads.order_by(*LEAD_SORTS.get(sort, LEAD_SORTS["due"])) if by_field is None else by_field
    if group in LEAD_GROUPS:
        ordered = ordered.order_by(*LEAD_GROUPS[group], *ordered.query.order_by)
    rows = _rows(ordered[offset : offset + limit])
    for row in rows:
        keep_seen(actor, Ref("sales.lead", row.id))
    return rows


def list_lead_ids(*, actor: Actor, where: LeadFilter, now: datetime, limit: int) -> list[int]:
    """The ids of the leads of a filter, oldest first, at most `limit`."""
    return list(_narrowed(actor, where, now).order_by("pk").values_list("pk", flat=True)[:limit])


def count_leads(*, actor: Actor, where: LeadFilter, now: datetime) -> int:
    """How many leads a filter holds."""
    return _narrowed(actor, where, now).count()


def count_views(*, actor: Actor, where: LeadFilter, now: datetime) -> LeadCounts:
    """What each chip would hold under the other filters; one query."""
    bare = replace(where, view="", status="")
    counted = _narrowed(actor, bare, now).aggregate(
        **{view: Count("pk", filter=_view(view, actor, now)) for view in LEAD_VIEWS}
    )
    return LeadCounts(**counted)


def get_lead(*, actor: Actor, lead_id: int) -> LeadRow:
    """One lead, or NotFound when it is missing or hidden."""
    rows = _rows(Lead.objects.visible_to(actor).filter(pk=lead_id))
    if not rows:
        raise NotFound("lead", lead_id)
    keep_seen(actor, Ref("sales.lead", lead_id))
    return rows[0]


def find_leads(*, actor: Actor, lead_ids: Collection[int]) -> list[LeadRow]:
    """The visible ones among the given leads."""
    return _rows(Lead.objects.visible_to(actor).filter(pk__in=set(lead_ids)).order_by("pk"))


def find_open_leads_by_email(*, actor: Actor, emails: Collection[str]) -> list[int]:
    """The open leads the viewer sees whose address is one of these, the newest first."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    if not wanted or not actor.may("sales.lead.view"):
        return []
    found = Lead.objects.visible_to(actor).filter(status="open").annotate(address=Lower("email")).filter(address__in=wanted)
    return list(found.order_by("-pk").values_list("pk", flat=True))


def may_change_lead(actor: Actor, lead: LeadRow, permission: str = "sales.lead.edit") -> bool:
    """Whether the viewer may change a lead they were shown: theirs, nobody's, or within their reach."""
    reach = Scope.ALL if actor.is_system else actor.scope_of(permission)
    if reach in (Scope.ALL, Scope.NONE):
        return reach is Scope.ALL
    if lead.owner_id is None or lead.owner_id == actor.person_id:
        return True
    return actor.leads_team_id is not None and get_team_id(lead.owner_id) == actor.leads_team_id


def get_figures(*, actor: Actor) -> LeadFigures:
    """How leads turn into deals, over every lead the viewer sees."""
    return figures_of(_cycles(Lead.objects.visible_to(actor)))


def list_source_figures(*, actor: Actor) -> list[SourceRow]:
    """The same per source, the largest first."""
    by_source: dict[str, list[tuple[Any, Any]]] = {}
    found = Lead.objects.visible_to(actor).values_list("source", "received_date", "status", "closed_date")
    for source, received, status, closed in found:
        by_source.setdefault(source, []).append((received, closed if status == "converted" else None))
    rows = [SourceRow(source, figures_of(cycles)) for source, cycles in by_source.items()]
    return sorted(rows, key=lambda row: (-row.figures.leads, row.source))


def _cycles(leads: QuerySet[Lead]) -> list[tuple[Any, Any]]:
    found = leads.values_list("received_date", "status", "closed_date")
    return [(received, closed if status == "converted" else None) for received, status, closed in found]


def find_same(*, actor: Actor, lead: LeadRow) -> tuple[list[PossibleDuplicate], list[PossibleDuplicate], list[PossibleDuplicate]]:
    """Companies, contacts and other leads that may be the same, each with the reason; a warning, never a reason to refuse."""
    if not actor.may("clients.company.view"):
        return [], [], _other_leads(actor, lead)
    domain = lead.website or (lead.email.rpartition("@")[2] if email_kind(lead.email) == "company" else "")
    companies = (
        find_duplicate_companies(actor=actor, name=lead.company_name or lead.name, domain=domain)
        if lead.company_name or domain else []
    )
    contacts = find_duplicate_contacts(actor=actor, email=lead.email, phone=lead.phone)
    return companies, contacts, _other_leads(actor, lead)


def _other_leads(actor: Actor, lead: LeadRow) -> list[PossibleDuplicate]:
    same = Q()
    if lead.email:
        same |= Q(email__iexact=lead.email)
    if lead.phone:
        same |= Q(phone=lead.phone)
    if not same:
        return []
    found = Lead.objects.visible_to(actor).filter(same).exclude(pk=lead.id).order_by("-received_at", "-pk")[:5]
    return [
        PossibleDuplicate(key, f"{number} {name}", "same address" if lead.email and email.lower() == lead.email.lower() else "same number")
        for key, number, name, email in found.values_list("pk", "number", "name", "email")
    ]


def get_lead_versions(lead_ids: Collection[int]) -> dict[int, int]:
    """The current version of each lead; erased ones are missing."""
    return dict(Lead.objects.filter(pk__in=set(lead_ids)).values_list("pk", "version"))


def ask_leads_to_answer(actor: Actor) -> Question:
    """How many open leads wait for a first response, to be asked together with other numbers."""
    return question_of(
        actor, "leads to answer", ["sales.lead.view"],
        lambda viewer, _: count_of(Lead.objects.visible_to(viewer).filter(status="open", responded_at__isnull=True)),
    )


def _narrowed(actor: Actor, where: LeadFilter, now: datetime) -> QuerySet[Lead]:
    leads = Lead.objects.visible_to(actor)
    exact = {"status": where.status or None, "owner_id": where.owner_id, "pipeline_id": where.pipeline_id, "campaign_id": where.campaign_id,
             "source": where.source, "external_id": where.external_id or None, "received_date__range": where.received}
    leads = leads.filter(**{field: value for field, value in exact.items() if value is not None})
    if where.view:
        leads = leads.filter(_view(where.view, actor, now))
    if where.updated_since:
        leads = leads.filter(updated_at__gte=where.updated_since)
    if where.text:
        leads = leads.filter(
            Q(name__icontains=where.text) | Q(company_name__icontains=where.text) | Q(email__icontains=where.text)
            | Q(number__iexact=where.text) | Q(message__icontains=where.text)
        )
    return narrow_by_fields(leads, noun="sales.lead", asked=where.custom, actor=actor) if where.custom else leads


def _view(view: str, actor: Actor, now: datetime) -> Q:
    if view in ("open", "converted", "closed"):
        return Q(status=view)
    if view == "all":
        return Q()
    if view == "answered":
        return Q(responded_at__isnull=False, is_history=False)
    waits = Q(status="open", responded_at__isnull=True)
    return {
        "late": waits & Q(response_due_at__lt=now), "to_answer": waits,
        "mine": Q(status="open", owner_id=actor.person_id or 0), "unowned": Q(status="open", owner__isnull=True),
    }[view]


def _rows(leads: QuerySet[Lead]) -> list[LeadRow]:
    return [_row(values) for values in leads.values_list(*_COLUMNS)]


def _row(values: Iterable[Any]) -> LeadRow:
    facts = dict(zip(_COLUMNS, values, strict=True))
    facts |= {name: facts[name] or "" for name in _NAMED}
    facts["qualification"] = {key: Finding(one["state"], one["note"]) for key, one in facts["qualification"].items()}
    facts["score_parts"] = tuple(ScorePart(*part) for part in facts["score_parts"])
    return LeadRow(*facts.values())
