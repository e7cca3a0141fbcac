"""The door to dates: everything that can move one. Only promises and handoff may use it."""

from wonward.domains.delivery.planning.creation import create_project
from wonward.domains.delivery.planning.editing import PlannedChange, plan_change, write_change

__all__ = ["PlannedChange", "create_project", "plan_change", "write_change"]
