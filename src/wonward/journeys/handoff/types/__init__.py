"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from wonward.domains.clients.types import StakeholderRow
from wonward.domains.comms.types import CommunicationRow
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.sales.types import DealRow
from wonward.foundation.files.types import DocumentRow
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.money import Money

STATUSES = ("awaiting_acceptance", "returned", "accepted", "withdrawn")
ACCEPTANCE_HOURS = 48
ANSWER_KINDS, EXTRA = ("text", "date", "choice"), "extra."
ERROR_FIELDS = ("scope_lines", "promises", "stakeholders", "documents", "other")
CHECKLIST = (
    "Read the brief and the promise ledger", "Confirm the team and its bookings", "Agree the kickoff date with the main stakeholder",
    "Invite the attendees", "Answer every open question", "Share the plan with the client",
)


class Side(StrEnum):
    """Who speaks in a thread."""

    SALES = "sales"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class ExtraAnswer:
    """The answer to a field that a pipeline or a service asks for besides the five."""

    key: str
    label: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """A field a pipeline or a service asks for at the gate; `choices` only for the kind choice."""

    id: int
    pipeline_id: int | None
    service_id: int | None
    key: str
    label: str
    kind: str
    choices: tuple[str, ...]
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class NewAskedAnswer:
    """A field to ask for, of one pipeline or one service."""

    label: str
    kind: str = "text"
    key: str = ""
    choices: tuple[str, ...] = ()
    pipeline_id: int | None = None
    service_id: int | None = None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate asks of a deal besides the five answers, and what has been answered so far."""

    asked: tuple[AskedAnswer, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulesRow:
    """How handoffs are run: working minutes until an acceptance is late, and the list a kickoff starts with."""

    acceptance_minutes: int
    checklist: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One thing said about a question."""

    id: int
    question_id: int
    side: str
    text: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What delivery said to one answer."""

    field: str
    decision: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A frozen version of what was sold; amounts in `document` only with the right."""

    number: int
    kind: str
    reason: str
    author: str
    created_at: datetime
    digest: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """One difference between two versions; `before` is empty for something new, `after` for something gone."""

    part: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """A line of the scope as amended: quantity as text, minutes of effort, price in minor units of the deal's currency."""

    service: str
    quantity: str
    effort_minutes: int = 0
    unit_price: Money | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is different from now on; None leaves an answer as it is, `lines` replaces them all."""

    reason: str
    scope_summary: str | None = None
    promised_finish_date: date | None = None
    key_constraints: str | None = None
    lines: tuple[ScopeLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class KickoffItemRow:
    """One thing to do before the kickoff."""

    id: int
    text: str
    is_done: bool
    done_by: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class KickoffRow:
    """The kickoff: local time in `time_zone`; attendees as (person id, contact id, name)."""

    handoff_id: int
    handoff_number: str
    title: str
    date: date
    starts_at: time | None
    duration_minutes: int
    time_zone: str
    place: str
    video_url: str
    sequence: int
    attendees: tuple[tuple[int | None, int | None, str], ...]
    items: tuple[KickoffItemRow, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KickoffPlan:
    """The kickoff as somebody enters it."""

    date: date
    starts_at: time | None = None
    duration_minutes: int = 60
    place: str = ""
    video_url: str = ""
    person_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosedDeal:
    """What closing a deal made: no handoff while delivery is off; `is_replayed` when it had been closed and nothing changed."""

    deal_id: int
    handoff_id: int | None
    handoff_status: str
    project_ids: tuple[int, ...]
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class UndoneWin:
    """What undoing a win archived; no handoff for a win of the time without delivery. `is_replayed` when it had been undone."""

    deal_id: int
    handoff_id: int | None
    project_ids: tuple[int, ...]
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A field to return, and what is asked."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A returned field with its question and, later, the answer."""

    id: int
    round: int
    field: str
    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_error: bool = False
    messages: tuple[MessageRow, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether sales has said nothing to it yet."""
        return not self.answer


@dataclass(frozen=True, slots=True)
class CreatedProjectRow:
    """A project the win created."""

    project_id: int
    number: str
    name: str
    template_name: str
    template_number: int | None
    task_count: int
    milestone_count: int


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff as shown to a viewer."""

    id: int
    number: str
    deal_id: int
    deal_number: str
    deal_name: str
    company_id: int
    company_name: str
    value: Money | None
    status: str
    scope_summary: str
    promised_finish_date: date
    key_constraints: str
    no_constraints: bool
    main_stakeholder_id: int
    main_stakeholder_name: str
    kickoff_date: date
    asked_kickoff_date: date
    lead_id: int | None
    lead_name: str
    submitted_by_id: int | None
    submitted_by: str
    submitted_at: datetime
    accepted_by: str
    accepted_at: datetime | None
    returns_count: int
    records_created: int
    projects: tuple[CreatedProjectRow, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    extra_answers: tuple[ExtraAnswer, ...] = ()
    due_at: datetime | None = None
    escalated_at: datetime | None = None
    completeness: int | None = None
    uncovered_at_kickoff: int | None = None
    is_lost: bool = False

    @property
    def answers(self) -> dict[str, str]:
        """The five answers as text, by field."""
        return {
            "scope_summary": self.scope_summary, "promised_finish_date": self.promised_finish_date.isoformat(),
            "key_constraints": self.key_constraints, "main_stakeholder_id": self.main_stakeholder_name,
            "kickoff_date": self.kickoff_date.isoformat(), **{f"{EXTRA}{one.key}": one.value for one in self.extra_answers},
        }


@dataclass(frozen=True, slots=True)
class BriefAnswer:
    """One of the answers of the gate, as the brief shows it."""

    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class BriefPromise:
    """A promise, as far as the brief needs it."""

    id: int
    number: str
    kind: str
    text: str
    condition: str
    due_date: date | None
    weight: int
    state: str
    coverage: str


@dataclass(frozen=True, slots=True)
class BriefPerson:
    """A stakeholder, as far as the brief needs them."""

    contact_id: int
    name: str
    preference: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class BriefQuestion:
    """An open question, as far as the brief needs it."""

    id: int
    text: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """Everything a brief is chosen from."""

    answers: tuple[BriefAnswer, ...] = ()
    constraints: str = ""
    promises: tuple[BriefPromise, ...] = ()
    people: tuple[BriefPerson, ...] = ()
    questions: tuple[BriefQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class BriefItem:
    """One thing to know: the rule that chose it, where it comes from, and the digest of its words."""

    key: str
    rule: str
    text: str
    source: str
    ref: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many things a rule chose that there was no room for; by `price`, that the reader may not know."""

    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The brief: `words` counts everything in it."""

    answers: tuple[BriefAnswer, ...]
    items: tuple[BriefItem, ...]
    left_out: tuple[LeftOut, ...]
    words: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on the project, and how many items of their brief they know."""

    person_id: int
    name: str
    known: int
    total: int


@dataclass(frozen=True, slots=True)
class ProjectBrief:
    """The brief of one project for one viewer. `known` are the keys the viewer has acknowledged as they read now."""

    project_id: int
    project_number: str
    project_name: str
    company_name: str
    handoff_id: int | None
    brief: Brief
    known: frozenset[str]
    readers: tuple[Reader, ...]
    stakeholders: tuple[BriefPerson, ...]
    siblings: tuple[tuple[int, str, str], ...] = ()
    """Projects of the same deal that the viewer sees: id, number, name."""


MEASURES = ("all", "incomplete", "returned", "late", "uncovered", "repeated", "errors")


@dataclass(frozen=True, slots=True)
class Measures:
    """How handoffs go, over those the viewer sees; every count is that of the rows `find_measured` gives.

    `completeness` and `minutes_to_acceptance` are medians, the latter in working minutes; None when there is nothing yet.
    """

    count: int
    completeness: int | None
    minutes_to_acceptance: int | None
    handoffs: Mapping[str, int]
    uncovered_promises: int
    repeated_questions: int
    errors: int
    returns_by_field: tuple[tuple[str, int], ...]
    returns_by_person: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class TypedTwice:
    """A value of the deal that somebody typed again into its project."""

    project_id: int
    project_number: str
    field: str
    value: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The handoff gap's own symptoms, each with its first rows and how many there are in all."""

    uncovered: tuple[PromiseRow, ...]
    uncovered_count: int
    typed_twice: tuple[TypedTwice, ...]
    repeated: tuple[HandoffRow, ...]
    loose_deals: tuple[DealRow, ...]
    repeated_count: int = 0
    loose_count: int = 0
    abandoned: tuple[ProjectRow, ...] = ()
    abandoned_count: int = 0


@dataclass(frozen=True, slots=True)
class SaleSide:
    """Everything of the deal that its project's people may see, the newest first."""

    handoff: HandoffRow | None
    promises: tuple[PromiseRow, ...]
    communications: tuple[CommunicationRow, ...]
    documents: tuple[DocumentRow, ...]
    stakeholders: tuple[StakeholderRow, ...]
    questions: tuple[QuestionRow, ...]
    kickoff: KickoffRow | None
    has_more: bool = False
