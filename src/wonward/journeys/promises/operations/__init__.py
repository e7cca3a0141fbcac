"""Making and keeping promises, and the only way to move a date."""

from wonward.journeys.promises.operations.approving import (
    answer_approval,
    answer_approval_by_link,
    ask_for_approval,
    record_approval,
    withdraw_asking,
)
from wonward.journeys.promises.operations.attaching import attach_promises, plans_of, take_in_work
from wonward.journeys.promises.operations.coverage import refresh_coverage
from wonward.journeys.promises.operations.detaching import detach_promises
from wonward.journeys.promises.operations.keeping import (
    change_promise,
    cover_promise,
    settle_promise,
    uncover_promise,
)
from wonward.journeys.promises.operations.making import (
    make_promises,
    promise_with_basis,
    replace_promise,
)
from wonward.journeys.promises.operations.odds import odds_come_from
from wonward.journeys.promises.operations.plan_files import (
    TakenOver,
    fill_project_from_plan,
    open_project_from_plan,
    preview_plan_file,
)
from wonward.journeys.promises.operations.plans import (
    ChangedPlan,
    FollowedPlan,
    LookFirst,
    ReasonRequired,
    change_plan,
    open_project,
    preview_plan,
    undo_plan_change,
)
from wonward.journeys.promises.operations.proposing import confirm_what_was_signed, propose_promises

__all__ = [
    "confirm_what_was_signed", "propose_promises",
    "ChangedPlan", "FollowedPlan", "LookFirst", "ReasonRequired", "TakenOver", "fill_project_from_plan", "open_project_from_plan", "preview_plan_file",
    "answer_approval", "answer_approval_by_link", "ask_for_approval", "attach_promises", "change_plan", "detach_promises", "change_promise", "cover_promise", "make_promises",
    "odds_come_from",
    "open_project", "plans_of", "preview_plan", "promise_with_basis", "record_approval", "refresh_coverage", "replace_promise", "settle_promise", "take_in_work", "uncover_promise",
    "undo_plan_change", "withdraw_asking",
]
