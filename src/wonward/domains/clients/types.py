"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class NewCompany:
    """A company to add."""

    name: str
    domain: str = ""
    industry: str = ""
    country: str = ""
    tier: str = ""
    employees: int | None = None
    annual_revenue_minor: int | None = None
    founded_year: int | None = None
    parent_id: int | None = None
    owner_id: int | None = None
    external_source: str = ""
    external_id: str = ""
    phone: str = ""
    address: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    referred_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to add, with one company and its main contact points; `other_points` are further ones as (kind, value)."""

    name: str
    company_id: int | None = None
    title: str = ""
    email: str = ""
    phone: str = ""
    preference: str = ""
    external_source: str = ""
    external_id: str = ""
    other_points: tuple[tuple[str, str], ...] = ()
    role: str = ""
    pain_points: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    referred_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class CompanyKey:
    """What a company is recognised by; for matching, never for showing."""

    id: int
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class ContactKey:
    """What a contact is recognised by; for matching, never for showing."""

    id: int
    name: str
    company_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company as shown to a viewer; that it may be there twice or swallowed another is known of a single one alone."""

    id: int
    number: str
    name: str
    domain: str
    industry: str
    country: str
    tier: str
    employees: int | None
    owner_id: int | None
    parent_id: int | None
    client_since_date: date | None
    pain_points: str
    preferences: str
    version: int
    created_at: datetime
    updated_at: datetime
    phone: str = ""
    address: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    referred_by_id: int | None = None
    merged_into_id: int | None = None
    may_be_twice: bool = False
    was_merged: bool = False
    is_restricted: bool = False
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactChoice:
    """A contact to choose from a list."""

    id: int
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as shown to a viewer."""

    id: int
    name: str
    title: str
    email: str
    phone: str
    company_id: int | None
    company_name: str
    preference: str
    version: int
    created_at: datetime
    updated_at: datetime
    pain_points: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    referred_by_id: int | None = None
    merged_into_id: int | None = None
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StakeholderRow:
    """The part a contact plays in one record."""

    contact_id: int
    name: str
    title: str
    decision_role: str
    influence: str
    preference: str
    is_main: bool
    stance: str = ""


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Another record that may be the same, why, and how sure that is out of 100."""

    id: int
    name: str
    because: str
    score: int = 0


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """Two records that may be one; each side is (name, what tells it apart)."""

    id: int
    noun: str
    first_id: int
    second_id: int
    first: tuple[str, str]
    second: tuple[str, str]
    score: int
    because: str


@dataclass(frozen=True, slots=True)
class MergeRow:
    """Two records that became one; `left` is what an undo left as it was, as (model, id)."""

    id: int
    noun: str
    source_id: int
    target_id: int
    source_name: str
    target_name: str
    moved_count: int
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    left: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PointRow:
    """One way to reach a contact."""

    id: int
    kind: str
    value: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class AffiliationRow:
    """A contact's time at a company the viewer sees."""

    id: int
    company_id: int
    company_name: str
    role: str
    is_main: bool
    start_date: date | None
    finish_date: date | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What a contact said about one purpose; `state` is given, refused or withdrawn."""

    purpose: str
    state: str
    basis: str
    source: str
    noted_at: datetime
    noted_by: str


REACHES = ("email", "phone")
NONE = "-"
POINT_KINDS = ("email", "phone", "website", "linkedin", "other")
CONSENT_PURPOSES = ("newsletter", "email", "phone", "events")
CONSENT_STATES = ("given", "refused", "withdrawn")
CONSENT_BASES = ("consent", "contract", "legitimate_interest")
DECISION_ROLES = ("decides", "pays", "champions", "advises", "buys", "uses", "doubts")
INFLUENCES = ("high", "medium", "low")
STANCES = ("for", "neutral", "against")


@dataclass(frozen=True, slots=True)
class StakeRow:
    """A record a contact plays a part in."""

    ref: Ref
    decision_role: str
    influence: str
    stance: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """Somebody a contact brought, or who brought them: `noun` is company or contact."""

    noun: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact in full; `consents` holds the newest word on each purpose, `said` every word, newest first."""

    contact: ContactRow
    points: tuple[PointRow, ...]
    affiliations: tuple[AffiliationRow, ...]
    consents: tuple[ConsentRow, ...]
    said: tuple[ConsentRow, ...]
    stakes: tuple[StakeRow, ...]
    brought_by: ReferralRow | None
    brought: tuple[ReferralRow, ...]


CompanyNames = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class CompanyFilter:
    """What a list of companies is narrowed to; a segment is one with a name. `custom` are conditions on custom fields by key.

    `tier` is A, B, C or "-" for none; `owner_id` 0 asks for companies nobody owns; `within` keeps those of another filter too;
    `is_archived` finds those put away instead.
    """

    text: str = ""
    clients_only: bool = False
    owner_id: int | None = None
    tier: str = ""
    tag: str = ""
    industry: str = ""
    country: str = ""
    custom: tuple[tuple[str, str], ...] = ()
    within: CompanyFilter | None = None
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What a list of contacts is narrowed to; a segment of contacts is one with a name. `homes` are companies they work at now.

    `reach` is email, phone, or "-" for neither; `source` "-" asks for none; `custom` are conditions on custom fields by key;
    `is_nobody` finds none at all; `within` keeps those of another filter too; `is_archived` finds those put away instead.
    """

    text: str = ""
    tag: str = ""
    title: str = ""
    source: str = ""
    reach: str = ""
    homes: CompanyFilter | None = None
    custom: tuple[tuple[str, str], ...] = ()
    is_nobody: bool = False
    within: ContactFilter | None = None
    is_archived: bool = False
    external_id: str = ""
