"""Adding and changing companies, contacts and stakeholders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from wonward.domains.clients import events
from wonward.domains.clients.models import (
    Affiliation,
    ClientTeamMember,
    Company,
    Contact,
    ContactPoint,
    Stakeholder,
)
from wonward.domains.clients.operations.filing import refile_companies, refile_contacts
from wonward.domains.clients.queries import (
    find_merged,
    list_stakeholders,
    visible_companies,
    visible_contacts,
    who_brought,
)
from wonward.domains.clients.rules import is_domain, name_key, normalise_domain, normalise_point, pack_tags
from wonward.domains.clients.types import NewCompany, NewContact, StakeholderRow
from wonward.domains.staff.queries import get_team_id, person_exists
from wonward.foundation.access.policy import require, require_change
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.database import insert_rows, put_record
from wonward.foundation.database.prepared import Values, change
from wonward.foundation.events.operations import publish, publish_many
from wonward.foundation.organisation.operations import take_numbers
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

EDITABLE_COMPANY_FIELDS = ("name", "domain", "industry", "country", "tier", "employees", "annual_revenue_minor",
                           "founded_year", "owner_id", "parent_id", "pain_points", "preferences", "phone", "address", "source", "tags",
                           "referred_by_id", "is_restricted")
EDITABLE_CONTACT_FIELDS = ("name", "title", "preference", "pain_points", "source", "tags", "referred_by_id")
_LINK_AS_WELL = """
INSERT INTO clients_stakeholder (contact_id, noun, ref_id, decision_role, influence, preference, stance, is_main, created_at)
SELECT contact_id, %s, CAST(%s AS bigint), decision_role, influence, preference, stance, is_main, %s
FROM clients_stakeholder WHERE noun = %s AND ref_id = %s ORDER BY id
ON CONFLICT DO NOTHING
"""
_TAGS_HELD = 500
_SHORT = {"phone": 60, "source": 160, "title": 160, "industry": 120, "country": 120, "domain": 200, "preference": 200, "name": 200}
TIERS = ("", "A", "B", "C")


@transaction.atomic
def create_companies(*, actor: Actor, companies: Sequence[NewCompany], now: datetime) -> list[int]:
    """Add companies; returns their ids in order."""
    require(actor, "clients.company.edit")
    many = len(companies) > 1
    errors = [
        FieldError(f"companies[{index}].name" if many else "name", "A company needs a name.", "required")
        for index, company in enumerate(companies)
        if not company.name.strip()
    ]
    for index, company in enumerate(companies):
        errors.extend(_home_errors(actor, company, f"companies[{index}]." if many else ""))
    if errors:
        raise Refused(errors[0].words, errors)
    _refuse_taken(Company.objects.filter(external_source="api"), [new for new in companies if new.external_source == "api"])
    for brought in {company.referred_by_id for company in companies}:
        _check_referrer(actor, brought)
    numbers = take_numbers(noun="clients.company", count=len(companies))
    rows = [
        Company(
            number=number, name=new.name.strip()[:200], name_key=name_key(new.name), domain=normalise_domain(new.domain),
            industry=new.industry.strip(), country=new.country.strip(), tier=new.tier, employees=new.employees,
            annual_revenue_minor=new.annual_revenue_minor, founded_year=new.founded_year, parent_id=new.parent_id,
            owner_id=new.owner_id, external_source=new.external_source, external_id=new.external_id, phone=new.phone.strip(),
            address=new.address.strip(), source=new.source.strip(), tags=pack_tags(new.tags), referred_by_id=new.referred_by_id,
            created_at=now, updated_at=now,
        )
        for number, new in zip(numbers, companies, strict=True)
    ]
    Company.objects.bulk_create(rows, batch_size=500)
    refile_companies([row.pk for row in rows])
    record_changes(
        actor=actor, operation="clients.company.create", now=now,
        changes=[Change(Ref("clients.company", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.CompaniesCreated(company_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


def _address_errors(contacts: Sequence[NewContact]) -> list[FieldError]:
    return [
        FieldError(f"contacts[{place}].email" if len(contacts) > 1 else "email", worded("“{email}” is not an e-mail address.", email=new.email.strip()[:80]), "email")
        for place, new in enumerate(contacts)
        if new.email.strip() and ("@" not in new.email or " " in new.email.strip())
    ]


def _refuse_taken(present: QuerySet[Any], new: Sequence[NewCompany | NewContact]) -> None:
    """An id that a program gave a record names no second one."""
    wanted = [one.external_id for one in new if one.external_id]
    taken = set(present.filter(external_id__in=wanted).values_list("external_id", flat=True)) if wanted else set()
    again = [one for place, one in enumerate(wanted) if one in taken or one in wanted[:place]]
    if again:
        sentence = worded("{external_id} is the id of another record here.", external_id=again[0])
        raise Conflict(sentence, [FieldError("external_id", sentence, "taken")])


def _home_errors(actor: Actor, new: NewCompany, at: str) -> list[FieldError]:
    """What a new company names that is not there."""
    errors = []
    if new.domain.strip() and not is_domain(new.domain):
        errors.append(_domain_error(new.domain, f"{at}domain"))
    if new.tier not in TIERS:
        errors.append(FieldError(f"{at}tier", worded("“{tier}” is not a tier. Choose A, B or C.", tier=new.tier)))
    if new.owner_id is not None and not person_exists(new.owner_id):
        errors.append(FieldError(f"{at}owner_id", worded("There is no colleague {owner_id}.", owner_id=new.owner_id), "unknown"))
    if new.parent_id is not None and not visible_companies(actor).filter(pk=new.parent_id).exists():
        errors.append(FieldError(f"{at}parent_id", worded("There is no company {parent_id} that you can see.", parent_id=new.parent_id), "unknown"))
    elif new.parent_id is not None:
        _refuse_merged("clients.company", [new.parent_id], f"{at}parent_id")
    return errors


def _domain_error(domain: str, field: str) -> FieldError:
    return FieldError(field, worded("“{domain}” is not a web address.", domain=domain.strip()[:60]), "domain")


def _refuse_merged(noun: str, ids: Collection[int], field: str) -> None:
    """Nothing is hung on a record that somebody merged into another one after it was chosen: there nobody would look for it."""
    for name in find_merged({Ref(noun, key) for key in ids}).values():
        raise Refused.field(field, worded("“{name}” has been merged in the meantime.", name=name), "merged")


@transaction.atomic
def change_company(
    *, actor: Actor, company_id: int, changes: Mapping[str, Any], version: int | None, now: datetime
) -> None:
    """Change a company's own fields; a stale version shows both values and writes nothing."""
    company = visible_companies(actor).select_for_update(of=("self",)).filter(pk=company_id).first()
    if company is None:
        raise NotFound("company", company_id)
    require_change(
        actor, "clients.company.edit", person_ids=[company.owner_id], team_ids=[get_team_id(company.owner_id)]
    )
    _check_version(company, changes, version)
    _check_company(actor, changes, company)
    audit = _apply(company, changes)
    if not audit:
        return
    if company.merged_into_id is not None:
        raise Conflict("This company has been merged into another one; change that one.")
    if "name" in audit:
        company.name_key = name_key(company.name)
    company.domain = normalise_domain(company.domain)
    company.version += 1
    company.updated_at = now
    if "is_restricted" in audit and company.is_restricted and not _is_named(actor, company):
        raise Refused.field("is_restricted", "You would not see it any more. Have yourself made its owner first.")
    company.save()
    if {"name", "domain", "country", "phone"} & set(audit):
        refile_companies([company.pk])
    record_change(actor=actor, operation="clients.company.change", ref=Ref("clients.company", company.pk), changes=audit, now=now)
    publish(events.CompanyChanged(company_id=company.pk), actor=actor, now=now)


def _is_named(actor: Actor, company: Company) -> bool:
    """Whether somebody still sees a company that only its people see."""
    if actor.is_system or actor.role in ("owner", "admin") or actor.person_id == company.owner_id:
        return True
    return ClientTeamMember.objects.filter(company_id=company.pk, person_id=actor.person_id or 0).exists()


def _check_company(actor: Actor, changes: Mapping[str, Any], company: Company) -> None:
    if "name" in changes and not str(changes["name"] or "").strip():
        raise Refused.field("name", "A company needs a name.", "required")
    domain = changes.get("domain") or ""
    if domain.strip() and domain != company.domain and not is_domain(domain):
        error = _domain_error(domain, "domain")
        raise Refused(error.words, [error])
    if changes.get("tier", "") not in TIERS:
        raise Refused.field("tier", worded("“{tier}” is not a tier. Choose A, B or C.", tier=changes["tier"]))
    if changes.get("owner_id") is not None and not person_exists(changes["owner_id"]):
        raise Refused.field("owner_id", worded("There is no colleague {owner_id}.", owner_id=changes["owner_id"]), "unknown")
    _check_referrer(actor, changes.get("referred_by_id"))
    parent_id = changes.get("parent_id")
    if parent_id is not None and not visible_companies(actor).filter(pk=parent_id).exists():
        raise Refused.field("parent_id", worded("There is no company {parent_id} that you can see.", parent_id=parent_id), "unknown")
    if parent_id is not None:
        _refuse_merged("clients.company", [parent_id], "parent_id")
    seen = {company.pk}
    while parent_id is not None:
        if parent_id in seen:
            raise Refused.field("parent_id", "A company cannot belong to itself.")
        seen.add(parent_id)
        parent_id = Company.objects.filter(pk=parent_id).values_list("parent_id", flat=True).get()


def _check_referrer(actor: Actor, contact_id: Any, *, own_id: int | None = None) -> None:
    """Who brought somebody must be a contact the actor sees, and somebody else."""
    if contact_id is None:
        return
    if contact_id == own_id:
        raise Refused.field("referred_by_id", "Nobody brings themselves.")
    if not visible_contacts(actor).filter(pk=contact_id).exists():
        raise Refused.field("referred_by_id", worded("There is no contact {contact_id} that you can see.", contact_id=contact_id), "unknown")
    _refuse_merged("clients.contact", [contact_id], "referred_by_id")
    if own_id is not None and own_id in who_brought(contact_id):
        raise Refused.field("referred_by_id", "This contact was brought by the one they are said to have brought.", "circle")


def _check_version(row: Company | Contact, changes: Mapping[str, Any], version: int | None) -> None:
    if version is not None and version != row.version:
        raise Stale(
            worded("{name} was changed by somebody else in the meantime.", name=row.name),
            current={field: getattr(row, field) for field in changes}, yours=changes,
        )


def _apply(row: Company | Contact, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    allowed = EDITABLE_COMPANY_FIELDS if isinstance(row, Company) else EDITABLE_CONTACT_FIELDS
    audit: dict[str, list[Any]] = {}
    for field, value in changes.items():
        if field not in allowed:
            raise Refused.field(field, worded("{field} cannot be changed here.", field=field), "unknown")
        if field == "tags":
            value = pack_tags([value] if isinstance(value, str) else value)
            if len(value) > _TAGS_HELD:
                raise Refused.field("tags", "That is more tags than a record can hold.")
        elif len(str(value or "")) > _SHORT.get(field, 20_000):
            raise Refused.field(field, worded("This is longer than {short} characters.", short=_SHORT.get(field, 20000)))
        before = getattr(row, field)
        if before != value:
            audit[field] = [before, value]
            setattr(row, field, value)
    return audit


@transaction.atomic
def create_contacts(*, actor: Actor, contacts: Sequence[NewContact], now: datetime) -> list[int]:
    """Add contacts with their points and company; returns their ids in order."""
    require(actor, "clients.company.edit")
    many = len(contacts) > 1
    errors = [
        FieldError(f"contacts[{index}].name" if many else "name", "A contact needs a name.", "required")
        for index, contact in enumerate(contacts)
        if not contact.name.strip()
    ]
    errors += _address_errors(contacts)
    if errors:
        raise Refused(errors[0].words, errors)
    _refuse_taken(Contact.objects.filter(external_source="api", archived_at__isnull=True), [new for new in contacts if new.external_source == "api"])
    homes = {contact.company_id for contact in contacts if contact.company_id}
    known = set(visible_companies(actor).filter(pk__in=homes).values_list("pk", flat=True))
    if missing := homes - known:
        raise Refused.field("company_id", worded("There is no company {missing} that you can see.", missing=min(missing)), "unknown")
    _refuse_merged("clients.company", homes, "company_id")
    for brought in {contact.referred_by_id for contact in contacts}:
        _check_referrer(actor, brought)
    rows = [
        Contact(
            name=new.name.strip()[:200], title=new.title.strip(), preference=new.preference, external_source=new.external_source,
            external_id=new.external_id, pain_points=new.pain_points, source=new.source.strip(), tags=pack_tags(new.tags),
            referred_by_id=new.referred_by_id, created_at=now, updated_at=now,
        )
        for new in contacts
    ]
    Contact.objects.bulk_create(rows, batch_size=500)
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(contact=row, kind=kind, value=value.strip(), normalised=normalise_point(kind, value), is_primary=True)
            for row, new in zip(rows, contacts, strict=True)
            for kind, value in (("email", new.email), ("phone", new.phone))
            if value.strip()
        ]
        + [
            ContactPoint(contact=row, kind=kind, value=value.strip(), normalised=normalise_point(kind, value))
            for row, new in zip(rows, contacts, strict=True)
            for kind, value in new.other_points
            if value.strip()
        ],
        batch_size=500,
    )
    Affiliation.objects.bulk_create(
        [
            Affiliation(contact=row, company_id=new.company_id, role=new.role.strip()[:120])
            for row, new in zip(rows, contacts, strict=True)
            if new.company_id
        ],
        batch_size=500,
    )
    refile_contacts([row.pk for row in rows])
    record_changes(
        actor=actor, operation="clients.contact.create", now=now,
        changes=[Change(Ref("clients.contact", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.ContactsCreated(contact_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


@transaction.atomic
def change_contact(
    *, actor: Actor, contact_id: int, changes: Mapping[str, Any], version: int | None, now: datetime
) -> None:
    """Change a contact's name, title or preference."""
    if changes.get("referred_by_id") is not None:
        # Two who are said at once to have brought each other wait for one another here, in the order of their ids.
        list(Contact.objects.select_for_update().filter(pk__in=[contact_id, changes["referred_by_id"]]).order_by("pk").values_list("pk"))
    contact = visible_contacts(actor).select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("contact", contact_id)
    owners = list(Affiliation.objects.filter(contact_id=contact_id).values_list("company__owner_id", flat=True))
    require_change(actor, "clients.company.edit", person_ids=owners)
    _check_version(contact, changes, version)
    if "name" in changes and not str(changes["name"] or "").strip():
        raise Refused.field("name", "A contact needs a name.", "required")
    _check_referrer(actor, changes.get("referred_by_id"), own_id=contact_id)
    audit = _apply(contact, changes)
    if not audit:
        return
    if contact.merged_into_id is not None:
        raise Conflict("This contact has been merged into another one; change that one.")
    contact.version += 1
    contact.updated_at = now
    contact.save()
    if "name" in audit:
        refile_contacts([contact.pk])
    record_change(actor=actor, operation="clients.contact.change", ref=Ref("clients.contact", contact.pk), changes=audit, now=now)
    publish(events.ContactChanged(contact_id=contact.pk), actor=actor, now=now)


@transaction.atomic(savepoint=False)
def put_main_stakeholder(*, ref: Ref, contact_id: int, now: datetime) -> None:
    """Make a contact the main stakeholder of a record; the former one stays, no longer main."""
    change("former main stakeholder", _other_main, {"noun": ref.noun, "id": ref.id, "contact": contact_id}, lambda _: {"is_main": False})
    put_record(
        Stakeholder(noun=ref.noun, ref_id=ref.id, contact_id=contact_id, is_main=True, created_at=now),
        unique=("noun", "ref_id", "contact_id"), fields=["is_main"],
    )


def _other_main(values: Values) -> QuerySet[Any, Any]:
    return Stakeholder.objects.filter(noun=values["noun"], ref_id=values["id"], is_main=True).exclude(contact_id=values["contact"])


@transaction.atomic
def add_stakeholder(
    *, actor: Actor, ref: Ref, contact_id: int, decision_role: str = "", influence: str = "", preference: str = "",
    stance: str = "", now: datetime,
) -> None:
    """Note the part a contact plays; the caller has settled the right to change the record."""
    if not visible_contacts(actor).filter(pk=contact_id).exists():
        raise Refused.field("contact_id", worded("There is no contact {contact_id} that you can see.", contact_id=contact_id), "unknown")
    _refuse_merged("clients.contact", [contact_id], "contact_id")
    values = {"decision_role": decision_role, "influence": influence, "preference": preference, "stance": stance}
    Stakeholder.objects.update_or_create(
        noun=ref.noun, ref_id=ref.id, contact_id=contact_id, defaults=values, create_defaults={**values, "created_at": now}
    )


@transaction.atomic
def name_stakeholders(*, actor: Actor, links: Sequence[tuple[Ref, int]], now: datetime) -> None:
    """Name contacts on records, as (record, contact id), without saying what part they play. Who is named already keeps theirs.

    The caller has settled the right to change the records.
    """
    wanted = {contact_id for _, contact_id in links}
    seen = set(visible_contacts(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else wanted
    if unknown := sorted(wanted - seen):
        raise Refused.field("contact_id", worded("There is no contact {unknown} that you can see.", unknown=unknown[0]), "unknown")
    _refuse_merged("clients.contact", wanted, "contact_id")
    insert_rows(
        Stakeholder, ("contact_id", "noun", "ref_id", "decision_role", "influence", "preference", "stance", "is_main", "created_at"),
        [(contact_id, ref.noun, ref.id, "", "", "", "", False, now) for ref, contact_id in dict.fromkeys(links)], ignore_conflicts=True,
    )


@transaction.atomic
def remove_stakeholder(*, ref: Ref, contact_id: int) -> None:
    """Forget the part a contact plays; the caller has settled the right to change the record."""
    Stakeholder.objects.filter(noun=ref.noun, ref_id=ref.id, contact_id=contact_id).delete()


@transaction.atomic(savepoint=False)
def link_stakeholders(*, source: Ref, target: Ref, now: datetime) -> int:
    """Give the target the stakeholders of the source; returns how many were not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LINK_AS_WELL, [target.noun, target.id, now, source.noun, source.id])
        return cursor.rowcount


@transaction.atomic
def mirror_stakeholders(*, source: Ref, target: Ref, now: datetime) -> list[tuple[StakeholderRow | None, StakeholderRow | None]]:
    """Make the target's stakeholders those of the source; before and after of each who differed, None where there was nobody."""
    wanted = {row.contact_id: row for row in list_stakeholders(ref=source)}
    present = {row.contact_id: row for row in list_stakeholders(ref=target)}
    changed = [(present.get(key), wanted.get(key)) for key in dict.fromkeys([*present, *wanted]) if present.get(key) != wanted.get(key)]
    if changed:
        clear_stakeholders(noun=target.noun, ref_ids=[target.id])
        link_stakeholders(source=source, target=target, now=now)
    return changed


@transaction.atomic(savepoint=False)
def put_client_team(*, basis_noun: str, links: Sequence[tuple[int, int, int]], replace: bool = False) -> None:
    """Say who works for which company: (basis id, company id, person id). `replace` forgets the bases' former links."""
    if replace:
        ids = {basis_id for basis_id, _, _ in links}
        ClientTeamMember.objects.filter(basis_noun=basis_noun, basis_id__in=ids).delete()
    insert_rows(
        ClientTeamMember, ("basis_noun", "basis_id", "company_id", "person_id"),
        [(basis_noun, basis_id, company_id, person_id) for basis_id, company_id, person_id in links],
        ignore_conflicts=True,
    )


@transaction.atomic
def clear_client_team(*, basis: Ref) -> None:
    """Forget what a record said about who works for whom."""
    ClientTeamMember.objects.filter(basis_noun=basis.noun, basis_id=basis.id).delete()


@transaction.atomic
def clear_stakeholders(*, noun: str, ref_ids: Collection[int]) -> None:
    """Forget the stakeholders of records that are gone."""
    Stakeholder.objects.filter(noun=noun, ref_id__in=ref_ids).delete()


@transaction.atomic
def clear_client_teams(*, basis_noun: str, basis_ids: Collection[int]) -> None:
    """Forget what several records of a noun said about who works for whom."""
    ClientTeamMember.objects.filter(basis_noun=basis_noun, basis_id__in=basis_ids).delete()


@transaction.atomic(savepoint=False)
def mark_client(*, company_id: int, since: date, now: datetime) -> None:
    """The first win makes a company a client; later wins change nothing."""
    change(
        "first win", lambda values: Company.objects.filter(pk=values["company"], client_since_date__isnull=True),
        {"company": company_id, "since": since, "now": now}, lambda values: {"client_since_date": values["since"], "updated_at": values["now"]},
    )


@transaction.atomic
def mark_clients(*, since: Mapping[int, date], now: datetime) -> None:
    """Make companies clients since the given dates; an earlier date than the known one wins."""
    rows = Company.objects.select_for_update().filter(pk__in=since).values_list("pk", "client_since_date")
    changed = [
        Company(pk=key, client_since_date=since[key], updated_at=now) for key, known in rows if known is None or since[key] < known
    ]
    Company.objects.bulk_update(changed, ["client_since_date", "updated_at"], batch_size=200)


@transaction.atomic
def unmark_clients(*, company_ids: Collection[int], now: datetime) -> None:
    """Take back that companies are clients; the caller knows that they have won deals no more."""
    Company.objects.filter(pk__in=company_ids, client_since_date__isnull=False).update(client_since_date=None, updated_at=now)


@transaction.atomic
def archive_companies(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Archive companies that are still at the given version, and free their external ids; returns those archived."""
    require(actor, "clients.company.edit")
    found = visible_companies(actor).filter(pk__in=versions, archived_at__isnull=True)
    ids = {key for key, version in found.values_list("pk", "version") if version == versions[key]}
    Company.objects.filter(pk__in=ids).update(archived_at=now, updated_at=now, external_id="", version=F("version") + 1)
    record_changes(
        actor=actor, operation="clients.company.archive", now=now,
        changes=[Change(Ref("clients.company", key), {"archived_at": [None, now]}) for key in sorted(ids)],
    )
    refile_companies(ids)
    publish_many([events.CompanyChanged(company_id=key) for key in sorted(ids)], actor=actor, now=now)
    return ids


@transaction.atomic
def archive_contacts(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Archive contacts that are still at the given version, and free their external ids; returns those archived."""
    require(actor, "clients.company.edit")
    found = visible_contacts(actor).filter(pk__in=versions, archived_at__isnull=True)
    ids = {key for key, version in found.values_list("pk", "version") if version == versions[key]}
    Contact.objects.filter(pk__in=ids).update(archived_at=now, updated_at=now, external_id="", version=F("version") + 1)
    record_changes(
        actor=actor, operation="clients.contact.archive", now=now,
        changes=[Change(Ref("clients.contact", key), {"archived_at": [None, now]}) for key in sorted(ids)],
    )
    refile_contacts(ids)
    publish_many([events.ContactChanged(contact_id=key) for key in sorted(ids)], actor=actor, now=now)
    return ids
