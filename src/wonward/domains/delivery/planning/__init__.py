"""The door to dates: everything that can move one. Only promises and handoff may use it."""

from wonward.domains.delivery.planning.creation import create_project
from wonward.domains.delivery.planning.editing import PlannedChange, lock_plans, plan_change, write_change
from wonward.domains.delivery.planning.following import plan_followers
from wonward.domains.delivery.planning.outside import find_linked_plans
from wonward.domains.delivery.planning.starting import look_at_start
from wonward.domains.delivery.planning.taking_over import find_moved_by_taking

__all__ = ["PlannedChange", "create_project", "find_linked_plans", "find_moved_by_taking", "lock_plans", "look_at_start", "plan_change", "plan_followers", "write_change"]
