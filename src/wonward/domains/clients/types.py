"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


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
    """A company as shown to a viewer."""

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


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Another record that may be the same, and why."""

    id: int
    name: str
    because: str


CompanyNames = Mapping[int, str]
