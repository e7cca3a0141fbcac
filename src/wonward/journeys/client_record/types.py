"""The composed pages as frozen values, already redacted for their viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wonward.domains.clients.types import (
    CompanyRow,
    ContactCard,
    ContactChoice,
    ContactRow,
    MergeRow,
    ReferralRow,
    StakeholderRow,
    StakeRow,
)
from wonward.domains.comms.types import CommunicationRow
from wonward.domains.delivery.types import (
    Bottlenecks,
    CriticalChain,
    HealthSignal,
    NextMilestone,
    OverrideRow,
    PlanChangeRow,
    ProjectRow,
    WorkInSight,
)
from wonward.domains.finance.queries import BudgetRow
from wonward.domains.sales.types import (
    ClosingBrief,
    CriterionRow,
    DealRow,
    DealSums,
    LineRow,
    MemberRow,
    OwedAnswerRow,
    PipelineRow,
)
from wonward.domains.sales.types.terms import TermRow
from wonward.foundation.files.types import DocumentRow, StoredBlob
from wonward.foundation.mail.reading import ReceivedEmail
from wonward.journeys.handoff.types import HandoffRow, QuestionRow
from wonward.journeys.handoff.types.telling import ForecastMemory
from wonward.journeys.promises.types import Coverage, PromiseRow
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import Sentence


@dataclass(frozen=True, slots=True)
class LifecycleStep:
    """One stretch of the lifecycle rail; `detail` is a sentence to be heard. `side` is sell, seam or deliver; `state` done, current, todo or late."""

    label: str
    detail: str
    state: str
    side: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A project's promise against its forecast, for both sides, in working days.

    For a viewer it also holds what they knew: `days_since_seen` is how far the forecast moved since their visit before this one,
    None at a first visit. `is_behind`: it is not done and its plan ends before today, so its forecast says nothing. `last_said` is the
    newest change whose author said why; the words stay until there are newer ones.
    `has_late_work`: something in it should have ended before today and is not done.
    """

    project: ProjectRow
    days_late: int
    last_change: PlanChangeRow | None
    memory: ForecastMemory | None = None
    days_since_seen: int | None = None
    is_behind: bool = False
    has_late_work: bool = False
    last_said: PlanChangeRow | None = None

    @property
    def moved_again(self) -> PlanChangeRow | None:
        """The newest change, when nobody has said why since the one that `last_said` tells of."""
        return self.last_change if self.last_said and self.last_change != self.last_said else None

    @property
    def is_unsure(self) -> bool:
        """Whether work that should have ended is not done, so that an end by the promise cannot be called early or on time."""
        return self.days_late <= 0 and (self.is_behind or self.has_late_work)

    @property
    def forecast_date(self) -> date | None:
        """When it is finished, or was."""
        return self.project.finished_date or self.project.forecast_finish_date

    @property
    def is_late(self) -> bool:
        return self.days_late > 0 or self.is_unsure

    @property
    def is_worth_telling(self) -> bool:
        """Whether what the client heard last is no longer true: the promise when it is late, or the date they were told."""
        if self.project.status == "done" or self.forecast_date is None:
            return False
        told = self.memory.told if self.memory else None
        return told.finish_date != self.forecast_date if told else self.days_late > 0


@dataclass(frozen=True, slots=True)
class ReadinessStep:
    """One of the five answers, there or not."""

    field: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class DealPage:
    """Everything a deal's page shows."""

    deal: DealRow
    pipeline: PipelineRow
    lines: list[LineRow]
    brief: ClosingBrief
    readiness: list[ReadinessStep]
    lifecycle: list[LifecycleStep]
    stakeholders: list[StakeholderRow]
    contacts: list[ContactChoice]
    timeline: list[CommunicationRow]
    documents: list[DocumentRow]
    promises: list[PromiseRow]
    coverage: Coverage
    handoff: HandoffRow | None
    drifts: list[Drift]
    members: list[MemberRow]
    proposal_count: int
    today: date
    criteria: list[CriterionRow]
    owed_answer: OwedAnswerRow | None = None
    term: TermRow | None = None
    renews: TermRow | None = None

    @property
    def ready_count(self) -> int:
        return sum(1 for step in self.readiness if step.is_there)


@dataclass(frozen=True, slots=True)
class HandoffPage:
    """Everything a handoff's page shows; `coverage` and `document_count` tell of all, the lists hold the first of each."""

    handoff: HandoffRow
    questions: list[QuestionRow]
    promises: list[PromiseRow]
    coverage: Coverage
    drifts: list[Drift]
    stakeholders: list[StakeholderRow]
    timeline: list[CommunicationRow]
    has_older_entries: bool
    documents: list[DocumentRow]
    document_count: int
    lifecycle: list[LifecycleStep]
    today: date


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Everything a project's overview shows."""

    project: ProjectRow
    deal_id: int | None
    handoff: HandoffRow | None
    drift: Drift
    lifecycle: list[LifecycleStep]
    work: WorkInSight
    promises: list[PromiseRow]
    coverage: Coverage
    stakeholders: list[StakeholderRow]
    timeline: list[CommunicationRow]
    changes: list[PlanChangeRow]
    documents: list[DocumentRow]
    budget: BudgetRow | None
    members: list[tuple[int, str]]
    today: date


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """Everything a company's page shows."""

    company: CompanyRow
    owner_name: str
    contacts: list[ContactRow]
    open_deals: list[DealRow]
    closed_deals: list[DealRow]
    won_sum: Money | None
    open_sums: DealSums | None
    drifts: list[Drift]
    handoffs: list[HandoffRow]
    timeline: list[CommunicationRow]
    documents: list[DocumentRow]
    lifecycle: list[LifecycleStep]
    today: date
    merges: list[MergeRow]
    duplicate_count: int
    referrer: ReferralRow | None
    terms: list[TermRow]


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Everything a contact's page shows."""

    card: ContactCard
    deals: list[DealRow]
    projects: list[ProjectRow]
    stakes: Mapping[Ref, StakeRow]
    timeline: list[CommunicationRow]
    documents: list[DocumentRow]
    merges: list[MergeRow]
    duplicate_count: int
    today: date


@dataclass(frozen=True, slots=True)
class Health:
    """How a project stands: `colour` counts, `by_rule` is what the rules say; `override` tells why they differ."""

    colour: str
    by_rule: str
    signals: tuple[HealthSignal, ...]
    override: OverrideRow | None


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """One project of the portfolio."""

    drift: Drift
    health: Health
    next_milestone: NextMilestone | None

    def count(self, rule: str) -> int:
        """What a rule counted."""
        return next((signal.count for signal in self.health.signals if signal.rule == rule), 0)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A page of projects beside each other, the worst first; `total` is of all pages, `counts` before the filter by colour."""

    rows: tuple[PortfolioRow, ...]
    counts: dict[str, int]
    bottlenecks: Bottlenecks
    chains: tuple[CriticalChain, ...]
    today: date
    total: int


@dataclass(frozen=True, slots=True)
class ArrivedEmail:
    """An e-mail that was read and whose bytes lie in the storage, with its files as (name, content)."""

    email: ReceivedEmail
    source: StoredBlob
    files: tuple[tuple[str, StoredBlob], ...]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an e-mail: the entry of the log, whether it is new, and sentences about what could not be kept."""

    communication_id: int
    is_new: bool
    remarks: tuple[Sentence, ...]
