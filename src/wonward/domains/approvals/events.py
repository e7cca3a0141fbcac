"""Facts about approvals. What each is about is the record that was put forward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class _AboutApproval(Event):
    approval_id: int
    noun: str
    ref_id: int
    number: int = 1

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.ref_id),)


@dataclass(frozen=True, slots=True)
class ApprovalAsked(_AboutApproval):
    """These steps are asked from now on."""

    name: ClassVar[str] = "approvals.approval.asked"
    step_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ApprovalAnswered(_AboutApproval):
    """Somebody answered; the approval may go on to the next step."""

    name: ClassVar[str] = "approvals.approval.answered"
    step_id: int = 0


@dataclass(frozen=True, slots=True)
class ApprovalSettled(_AboutApproval):
    """A version was approved or rejected as a whole."""

    name: ClassVar[str] = "approvals.approval.settled"
    state: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalWithdrawn(_AboutApproval):
    """Nobody is asked any more."""

    name: ClassVar[str] = "approvals.approval.withdrawn"


@dataclass(frozen=True, slots=True)
class ApprovalDue(_AboutApproval):
    """The answer of these steps is due or late."""

    name: ClassVar[str] = "approvals.approval.due"
    step_ids: list[int] = field(default_factory=list)
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalHandedOn(_AboutApproval):
    """Somebody let another person answer in their place."""

    name: ClassVar[str] = "approvals.approval.handed_on"
    step_id: int = 0
