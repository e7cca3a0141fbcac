"""Reading companies, contacts and stakeholders, always for somebody's eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from wonward.domains.clients.models import (
    Affiliation,
    ClientTeamMember,
    Company,
    Contact,
    ContactPoint,
    DuplicatePair,
    Merge,
    Stakeholder,
)
from wonward.domains.clients.queries.orders import (
    COMPANY_GROUPS,
    COMPANY_SORTS,
    CONTACT_GROUPS,
    CONTACT_SORTS,
    in_order,
)
from wonward.domains.clients.rules import name_key, normalise_domain, tags_of
from wonward.domains.clients.types import (
    NONE,
    REACHES,
    CompanyFilter,
    CompanyKey,
    CompanyRow,
    ContactChoice,
    ContactFilter,
    ContactKey,
    ContactRow,
    StakeholderRow,
)
from wonward.foundation.access.policy import keep_seen
from wonward.foundation.access.queries import rows_seen
from wonward.foundation.audit.queries import OPENED, remember_opening
from wonward.foundation.custom_fields.queries import narrow_by_fields
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


def visible_companies(actor: Actor) -> QuerySet[Company]:
    """Companies this actor may see, by the reach of `clients.company.view`."""
    reach = actor.scope_of("clients.company.view")
    companies = Company.objects.all()
    if actor.is_system or (reach is Scope.ALL and actor.role in ("owner", "admin")):
        return companies
    if reach is Scope.NONE:
        return companies.none()
    mine = Q(owner_id=actor.person_id or 0) | Q(pk__in=client_team_company_ids(person_id=actor.person_id or 0))
    return companies.filter(Q(is_restricted=False) | mine) if reach is Scope.ALL else companies.filter(mine)


def visible_contacts(actor: Actor) -> QuerySet[Contact]:
    """Contacts of companies the actor sees; contacts without a company follow the widest reach."""
    reach = actor.scope_of("clients.company.view")
    if reach is Scope.NONE and not actor.is_system:
        return Contact.objects.none()
    companies = visible_companies(actor)
    if not companies.query.where:
        return Contact.objects.all()
    works = Affiliation.objects.filter(contact_id=OuterRef("pk"))
    # Asked of each company by itself: as a list, SQLite may go through all companies for every contact.
    seen = Q(Exists(works.filter(Exists(companies.filter(pk=OuterRef("company_id"))))))
    if actor.is_system or reach is Scope.ALL:
        seen |= ~Q(Exists(works))
    return Contact.objects.filter(seen)


def client_team_company_ids(*, person_id: int) -> QuerySet[Any]:
    """Subquery of the companies a person works for."""
    return ClientTeamMember.objects.filter(person_id=person_id).values("company_id")


def get_company(*, actor: Actor, company_id: int) -> CompanyRow:
    """One company, or NotFound when it is missing or hidden."""
    pairs = DuplicatePair.objects.filter(Q(first_id=OuterRef("pk")) | Q(second_id=OuterRef("pk")), noun="clients.company", state="open")
    merges = Merge.objects.filter(noun="clients.company", target_id=OuterRef("pk"))
    company = visible_companies(actor).filter(pk=company_id).annotate(may_be_twice=Exists(pairs), was_merged=Exists(merges)).first()
    if company is None:
        raise NotFound("company", company_id)
    keep_seen(actor, Ref("clients.company", company_id))
    if company.is_restricted:
        remember_opening(what=OPENED, ref=Ref("clients.company", company_id))
    return replace(_company_row(company), may_be_twice=company.may_be_twice, was_merged=company.was_merged)


def find_companies(*, actor: Actor, company_ids: Collection[int]) -> list[CompanyRow]:
    """The visible ones among the given companies; one query."""
    return [_company_row(row) for row in visible_companies(actor).filter(pk__in=set(company_ids))]


def list_companies(
    *, actor: Actor, text: str = "", clients_only: bool = False, external_id: str = "", updated_since: datetime | None = None,
    where: CompanyFilter | None = None, sort: str = "name", group: str = "", offset: int = 0, limit: int = 50,
) -> list[CompanyRow]:
    """A page of companies; `sort` is one of COMPANY_SORTS or `cf_` and the key of a custom field, `group` one of COMPANY_GROUPS."""
    companies = companies_of(actor, where or CompanyFilter(text, clients_only))
    if external_id:
        companies = companies.filter(external_id=external_id)
    if updated_since:
        companies = companies.filter(updated_at__gte=updated_since)
    ordered = in_order(companies, noun="clients.company", sort=sort, group=group, sorts=COMPANY_SORTS, groups=COMPANY_GROUPS, actor=actor)
    return [_company_row(row) for row in ordered[offset : offset + limit]]


def list_company_ids(*, actor: Actor, where: CompanyFilter, limit: int) -> list[int]:
    """The ids of the companies of a filter, oldest first, at most `limit`."""
    return list(companies_of(actor, where).order_by("pk").values_list("pk", flat=True)[:limit])


def companies_of(actor: Actor, where: CompanyFilter) -> QuerySet[Company]:
    """The companies of a filter that the viewer sees."""
    companies = visible_companies(actor).filter(archived_at__isnull=not where.is_archived, merged_into__isnull=True)
    if where.text:
        companies = companies.filter(Q(name__icontains=where.text) | Q(domain__icontains=where.text.lower()))
    if where.clients_only:
        companies = companies.filter(client_since_date__isnull=False)
    if where.owner_id is not None:
        companies = companies.filter(owner_id=where.owner_id or None) if where.owner_id else companies.filter(owner_id__isnull=True)
    if where.tier:
        companies = companies.filter(tier="" if where.tier == "-" else where.tier)
    if where.tag:
        companies = companies.filter(tags__icontains=f"|{where.tag}|")
    if where.industry:
        companies = companies.filter(industry__iexact=where.industry)
    if where.country:
        companies = companies.filter(country__iexact=where.country)
    if where.within is not None:
        companies = companies.filter(pk__in=companies_of(actor, where.within).values("pk"))
    return narrow_by_fields(companies, noun="clients.company", asked=where.custom, actor=actor) if where.custom else companies


def count_companies(*, actor: Actor, clients_only: bool = False) -> int:
    """How many companies the viewer sees."""
    companies = visible_companies(actor).filter(archived_at__isnull=True)
    return companies.filter(client_since_date__isnull=False).count() if clients_only else companies.count()


def count_contacts(*, actor: Actor) -> int:
    """How many contacts the viewer sees."""
    return visible_contacts(actor).filter(archived_at__isnull=True).count()


def get_company_names(company_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id for records whose visibility has been settled."""
    wanted = {key for key in company_ids if key}
    return dict(Company.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def find_company_keys(
    *, actor: Actor, names: Collection[str] = (), domains: Collection[str] = ()
) -> list[CompanyKey]:
    """Visible, live companies with nearly one of the names (see `rules.name_key`) or one of the domains, oldest first."""
    keys = {name_key(name) for name in names}
    hosts = {host for domain in domains if (host := normalise_domain(domain))}
    if not keys and not hosts:
        return []
    live = visible_companies(actor).filter(archived_at__isnull=True)
    rows = live.filter(Q(name_key__in=keys) | Q(domain__in=hosts)).order_by("pk")
    return [CompanyKey(*row) for row in rows.values_list("pk", "name", "domain")]


def get_company_versions(company_ids: Collection[int]) -> dict[int, int]:
    """The current version of each company; archived ones are missing."""
    return dict(Company.objects.filter(pk__in=set(company_ids), archived_at__isnull=True).values_list("pk", "version"))


def find_companies_in_use(company_ids: Collection[int]) -> set[int]:
    """Those of the given companies that a live contact works for, or that are the parent of a live company."""
    wanted = set(company_ids)
    homes = Affiliation.objects.filter(company_id__in=wanted, contact__archived_at__isnull=True).values_list("company_id", flat=True)
    parents = Company.objects.filter(parent_id__in=wanted, archived_at__isnull=True).values_list("parent_id", flat=True)
    return {key for key in (*homes, *parents) if key}


def find_contacts_at_stake(contact_ids: Collection[int]) -> set[int]:
    """Those of the given contacts that play a part in any record."""
    return set(Stakeholder.objects.filter(contact_id__in=set(contact_ids)).values_list("contact_id", flat=True))


def find_people_with_companies(person_ids: Collection[int]) -> set[int]:
    """Those of the given colleagues who own a live company."""
    rows = Company.objects.filter(owner_id__in=set(person_ids), archived_at__isnull=True)
    return {key for key in rows.values_list("owner_id", flat=True) if key}


def find_contacts_by_email(*, actor: Actor, emails: Collection[str]) -> dict[str, int]:
    """Visible, live contacts by lower-case address; the oldest where several share one."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    live = visible_contacts(actor).filter(archived_at__isnull=True)
    rows = ContactPoint.objects.filter(kind="email", normalised__in=wanted, contact__in=live).order_by("-contact_id")
    return dict(rows.values_list("normalised", "contact_id"))


def find_contacts_sharing(*, actor: Actor, emails: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Visible, live contacts by lower-case address, each as (id, name), the oldest first: an address may be that of several people."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    live = visible_contacts(actor).filter(archived_at__isnull=True)
    rows = ContactPoint.objects.filter(kind="email", normalised__in=wanted, contact__in=live).order_by("contact_id")
    found: dict[str, list[tuple[int, str]]] = {}
    for email, key, name in rows.values_list("normalised", "contact_id", "contact__name"):
        found.setdefault(email, []).append((key, name))
    return found


def find_contact_keys(*, actor: Actor, names: Collection[str]) -> list[ContactKey]:
    """Visible, live contacts with exactly one of the names, with the companies they belong to, oldest first."""
    live = visible_contacts(actor).filter(archived_at__isnull=True, name__in=set(names))
    people = dict(live.order_by("pk").values_list("pk", "name"))
    homes: dict[int, set[int]] = {}
    for contact_id, company_id in Affiliation.objects.filter(contact_id__in=people).values_list("contact_id", "company_id"):
        homes.setdefault(contact_id, set()).add(company_id)
    return [ContactKey(key, name, frozenset(homes.get(key, ()))) for key, name in people.items()]


def get_contact_versions(contact_ids: Collection[int]) -> dict[int, int]:
    """The current version of each contact; archived ones are missing."""
    return dict(Contact.objects.filter(pk__in=set(contact_ids), archived_at__isnull=True).values_list("pk", "version"))


def get_contact(*, actor: Actor, contact_id: int) -> ContactRow:
    """One contact, put away or not, or NotFound."""
    rows = contact_rows(actor, visible_contacts(actor).filter(pk=contact_id))
    if not rows:
        raise NotFound("contact", contact_id)
    return rows[0]


def list_contacts(
    *, actor: Actor, company_id: int | None = None, contact_ids: Collection[int] | None = None, text: str = "",
    tag: str = "", where: ContactFilter | None = None, updated_since: datetime | None = None, sort: str = "name", group: str = "", offset: int = 0, limit: int = 50,
) -> list[ContactRow]:
    """A page of contacts; `sort` is one of CONTACT_SORTS or `cf_` and the key of a custom field, `group` one of CONTACT_GROUPS. `where` narrows more than `text` and `tag`."""
    contacts = contacts_of(actor, where or ContactFilter(text, tag)) if company_id is None else _contacts_of(actor, company_id)
    if contact_ids is not None:
        contacts = contacts.filter(pk__in=contact_ids)
    if company_id is not None:
        contacts = _matching(actor, contacts, where or ContactFilter(text, tag))
    if updated_since:
        contacts = contacts.filter(updated_at__gte=updated_since)
    if "company" in (group, sort.removeprefix("-")):
        contacts = with_homes(actor, contacts)
    ordered = in_order(contacts, noun="clients.contact", sort=sort, group=group, sorts=CONTACT_SORTS, groups=CONTACT_GROUPS, actor=actor)
    return contact_rows(actor, ordered[offset : offset + limit])


def with_homes(actor: Actor, contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """The contacts with the company each works at now, as far as the viewer sees it: `home_id` and `home_name`."""
    homes = Affiliation.objects.filter(contact_id=OuterRef("pk"), finish_date__isnull=True, company__in=visible_companies(actor)).order_by("-is_main", "pk")
    return contacts.annotate(home_id=Subquery(homes.values("company_id")[:1]), home_name=Subquery(homes.values("company__name")[:1]))


def list_contact_ids(*, actor: Actor, where: ContactFilter, limit: int) -> list[int]:
    """The ids of the contacts of a list, oldest first, at most `limit`."""
    return list(contacts_of(actor, where).order_by("pk").values_list("pk", flat=True)[:limit])


def contacts_of(actor: Actor, where: ContactFilter) -> QuerySet[Contact]:
    """The contacts of a filter that the viewer sees."""
    contacts = visible_contacts(actor).filter(archived_at__isnull=not where.is_archived, merged_into__isnull=True)
    if where.is_nobody:
        return contacts.none()
    if where.homes is not None:
        homes = Affiliation.objects.filter(company__in=companies_of(actor, where.homes), finish_date__isnull=True)
        contacts = contacts.filter(pk__in=homes.values("contact_id"))
    return _matching(actor, contacts, where)


def records_led_by(noun: str, contact_id: int) -> QuerySet[Any, Any]:
    """The ids of the records of a noun whose main stakeholder a contact is."""
    return Stakeholder.objects.filter(noun=noun, contact_id=contact_id, is_main=True).values("ref_id")


def find_archived_companies(company_ids: Collection[int]) -> dict[int, str]:
    """Those of the given companies that are put away, by name."""
    return dict(Company.objects.filter(pk__in=set(company_ids), archived_at__isnull=False).values_list("pk", "name"))


def find_put_away(*, noun: str, source: str, external_ids: Collection[str]) -> dict[str, str]:
    """Names of companies or contacts that were put away here and still carry the id another product gave them, by that id."""
    model: type[Company] | type[Contact] = Company if noun == "clients.company" else Contact
    held = model._default_manager.filter(
        external_source=source, external_id__in=[key for key in external_ids if key], archived_at__isnull=False, merged_into__isnull=True
    )
    return dict(held.values_list("external_id", "name"))


def list_people_of(company_id: int) -> list[int]:
    """The ids of everybody who works, or worked, at a company; for what must follow it, never for showing."""
    return list(Affiliation.objects.filter(company_id=company_id).order_by("pk").values_list("contact_id", flat=True))


def records_of_people(actor: Actor, noun: str, where: ContactFilter) -> QuerySet[Any, Any]:
    """The ids of the records of a noun in which one of these contacts plays a part."""
    return Stakeholder.objects.filter(noun=noun, contact__in=contacts_of(actor, where)).values("ref_id")


def list_parts(contact_ids: Collection[int], nouns: Collection[str]) -> list[Ref]:
    """The records of these nouns in which the contacts play a part, the newest part first, whoever sees them."""
    found = Stakeholder.objects.filter(contact_id__in=set(contact_ids), noun__in=set(nouns)).order_by("-pk")
    return list(dict.fromkeys(Ref(noun, ref_id) for noun, ref_id in found.values_list("noun", "ref_id")))


def _matching(actor: Actor, contacts: QuerySet[Contact], where: ContactFilter) -> QuerySet[Contact]:
    if where.text:
        points = ContactPoint.objects.filter(normalised__contains=where.text.lower()).values("contact_id")
        contacts = contacts.filter(Q(name__icontains=where.text) | Q(pk__in=points))
    if where.external_id:
        contacts = contacts.filter(external_id=where.external_id)
    if where.title:
        contacts = contacts.filter(title__icontains=where.title)
    if where.source:
        contacts = contacts.filter(source="") if where.source == NONE else contacts.filter(source__iexact=where.source)
    if where.reach:
        ways = ContactPoint.objects.filter(kind__in=REACHES if where.reach == NONE else (where.reach,)).values("contact_id")
        contacts = contacts.exclude(pk__in=ways) if where.reach == NONE else contacts.filter(pk__in=ways)
    if where.tag:
        contacts = contacts.filter(tags__contains=f"|{where.tag}|")
    if where.within is not None:
        contacts = contacts.filter(pk__in=contacts_of(actor, where.within).values("pk"))
    return narrow_by_fields(contacts, noun="clients.contact", asked=where.custom, actor=actor) if where.custom else contacts


def _contacts_of(actor: Actor, company_id: int) -> QuerySet[Contact]:
    """Contacts of one company; whoever sees it sees them."""
    home = visible_companies(actor).filter(pk=company_id)
    return Contact.objects.filter(
        archived_at__isnull=True, pk__in=Affiliation.objects.filter(company__in=home).values("contact_id")
    )


def list_contact_choices(*, actor: Actor, company_id: int) -> list[ContactChoice]:
    """Who can be chosen at a company the viewer sees, by name; one query."""
    found = rows_seen(
        actor, "contact choices", ["clients.company.view"], values={"company": company_id},
        build=lambda viewer, values: _contacts_of(viewer, values["company"]).order_by("name", "pk")
        .values_list("pk", "name", "title")[:200],
    )
    if found:
        keep_seen(actor, Ref("clients.company", company_id))
    return [ContactChoice(*values) for values in found]


def contact_rows(actor: Actor, contacts: Iterable[Contact]) -> list[ContactRow]:
    """Rows for contacts already filtered for the viewer; a company they do not see is not named."""
    found = list(contacts)
    ids = [contact.pk for contact in found]
    points: dict[tuple[int, str], str] = {}
    for key, kind, value in ContactPoint.objects.filter(contact_id__in=ids).order_by("is_primary").values_list(
        "contact_id", "kind", "value"
    ):
        points[key, kind] = value
    homes = {
        key: (company_id, name)
        for key, company_id, name in Affiliation.objects.filter(
            contact_id__in=ids, finish_date__isnull=True, company__in=visible_companies(actor)
        )
        .order_by("is_main")
        .values_list("contact_id", "company_id", "company__name")
    }
    return [
        ContactRow(
            row.pk, row.name, row.title, points.get((row.pk, "email"), ""), points.get((row.pk, "phone"), ""),
            homes[row.pk][0] if row.pk in homes else None, homes[row.pk][1] if row.pk in homes else "", row.preference, row.version, row.created_at, row.updated_at,
            row.pain_points, row.source, tags_of(row.tags), row.referred_by_id, row.merged_into_id, row.archived_at,
        )
        for row in found
    ]


def contact_belongs_to(*, contact_id: int, company_id: int) -> bool:
    """Whether a contact works, or worked, at the company."""
    return bool(prepared.rows(
        "belongs to", lambda values: Affiliation.objects.filter(contact_id=values["contact"], company_id=values["company"]).values_list("pk")[:1],
        {"contact": contact_id, "company": company_id},
    ))


def client_since(company_id: int) -> date | None:
    """Since when a company is a client; None before its first win."""
    return Company.objects.filter(pk=company_id).values_list("client_since_date", flat=True).first()


def get_contact_names(contact_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id for records whose visibility has been settled."""
    wanted = {key for key in contact_ids if key}
    return dict(prepared.rows_among("names of contacts", lambda values: Contact.objects.filter(pk__in=values["ids"]).values_list("pk", "name"), {}, name="ids", choices=wanted))


def list_stakeholders(*, ref: Ref) -> list[StakeholderRow]:
    """The stakeholders of a record the viewer has been shown, main first."""
    return [
        StakeholderRow(contact_id, name, title, role, influence, preference or usual_preference, is_main, stance)
        for contact_id, name, title, role, influence, preference, usual_preference, is_main, stance in prepared.rows(
            "stakeholders", _stakeholders, {"noun": ref.noun, "id": ref.id}
        )
    ]


def _stakeholders(values: Values) -> QuerySet[Any, Any]:
    found = Stakeholder.objects.filter(noun=values["noun"], ref_id=values["id"]).order_by("-is_main", "pk")
    return found.values_list(
        "contact_id", "contact__name", "contact__title", "decision_role", "influence", "preference", "contact__preference",
        "is_main", "stance",
    )


def _company_row(row: Company) -> CompanyRow:
    return CompanyRow(
        row.pk, row.number, row.name, row.domain, row.industry, row.country, row.tier, row.employees, row.owner_id,
        row.parent_id, row.client_since_date, row.pain_points, row.preferences, row.version, row.created_at, row.updated_at,
        row.phone, row.address, row.source, tags_of(row.tags), row.referred_by_id, row.merged_into_id,
        is_restricted=row.is_restricted, archived_at=row.archived_at,
    )


def get_company_tiers(company_ids: Collection[int]) -> dict[int, str]:
    """The tier of each company: A, B, C or "" for none; one query."""
    return dict(Company.objects.filter(pk__in=set(company_ids)).values_list("pk", "tier"))
