"""Facts about handoffs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class AboutHandoff(Event):
    """What every fact about a handoff carries."""

    handoff_id: int
    deal_id: int
    company_id: int
    project_ids: list[int] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        projects = tuple(Ref("delivery.project", key) for key in self.project_ids)
        return (Ref("handoff.handoff", self.handoff_id), Ref("sales.deal", self.deal_id), *projects)


@dataclass(frozen=True, slots=True)
class HandoffSubmitted(AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.submitted"


@dataclass(frozen=True, slots=True)
class HandoffAccepted(AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.accepted"


@dataclass(frozen=True, slots=True)
class HandoffReturned(AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.returned"


@dataclass(frozen=True, slots=True)
class HandoffAnswered(AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.answered"


@dataclass(frozen=True, slots=True)
class HandoffOverdue(AboutHandoff):
    """Delivery has not decided in time; `manager_id` is whom it was escalated to."""

    name: ClassVar[str] = "handoff.handoff.overdue"
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class HandoffWithdrawn(AboutHandoff):
    """The won deal is open again; handoff and projects wait for the next win."""

    name: ClassVar[str] = "handoff.handoff.withdrawn"


@dataclass(frozen=True, slots=True)
class WinUndone(AboutHandoff):
    """The win was undone: the deal is open as before, the projects are archived until the next win."""

    name: ClassVar[str] = "handoff.win.undone"


@dataclass(frozen=True, slots=True)
class HandoffResubmitted(AboutHandoff):
    """The deal was won again; the same handoff and projects go on under a new version of the scope."""

    name: ClassVar[str] = "handoff.handoff.resubmitted"


@dataclass(frozen=True, slots=True)
class ScopeAmended(AboutHandoff):
    name: ClassVar[str] = "handoff.scope.amended"
    number: int = 0


@dataclass(frozen=True, slots=True)
class QuestionRaised(AboutHandoff):
    """Delivery asked after the acceptance: something was not handed over."""

    name: ClassVar[str] = "handoff.question.raised"
    question_id: int = 0


@dataclass(frozen=True, slots=True)
class QuestionDiscussed(AboutHandoff):
    name: ClassVar[str] = "handoff.question.discussed"
    question_id: int = 0


@dataclass(frozen=True, slots=True)
class KickoffChanged(AboutHandoff):
    name: ClassVar[str] = "handoff.kickoff.changed"


@dataclass(frozen=True, slots=True)
class ClientTold(Event):
    """Somebody told the client how a project stands; `subject_refs` are the records it was logged on."""

    name: ClassVar[str] = "handoff.client.told"
    project_id: int
    subject_refs: list[str] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref.parse(text) for text in self.subject_refs)
