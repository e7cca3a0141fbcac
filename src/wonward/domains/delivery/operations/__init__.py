"""What happens to projects and to the work in them besides its dates."""

from wonward.domains.delivery.operations.approvals import (
    hold_for_told,
    keep_still,
    open_link,
    put_forward,
    take_back,
    task_behind,
)
from wonward.domains.delivery.operations.archiving import archive_project, restore_project
from wonward.domains.delivery.operations.details import (
    add_checks,
    label_tasks,
    meet_criterion,
    put_helper,
    remove_check,
    remove_helper,
    tick_check,
)
from wonward.domains.delivery.operations.feeds import make_calendar_link, revoke_calendar_link
from wonward.domains.delivery.operations.notes import change_note, put_note_away, restore_note, write_note
from wonward.domains.delivery.operations.projects import (
    activate_project,
    archive_projects,
    change_project,
    create_template_of_project,
    freeze_plan,
    keep_baselines,
    set_members,
)
from wonward.domains.delivery.operations.risks import change_risk, enter_risk
from wonward.domains.delivery.operations.skills import ask_for_skills
from wonward.domains.delivery.operations.standing import (
    close_project,
    move_stage,
    override_health,
    publish_status,
    reopen_project,
)

__all__ = [
    "change_note",
    "put_note_away",
    "restore_note",
    "write_note",
    "hold_for_told",
    "keep_baselines",
    "keep_still",
    "open_link",
    "put_forward",
    "take_back",
    "task_behind",
    "activate_project",
    "add_checks",
    "archive_project",
    "ask_for_skills",
    "archive_projects",
    "change_project",
    "change_risk",
    "close_project",
    "create_template_of_project",
    "enter_risk",
    "freeze_plan",
    "label_tasks",
    "make_calendar_link",
    "meet_criterion",
    "move_stage",
    "override_health",
    "publish_status",
    "put_helper",
    "remove_check",
    "remove_helper",
    "reopen_project",
    "restore_project",
    "revoke_calendar_link",
    "set_members",
    "tick_check",
]
