"""Rights over people."""

from wonward.foundation.access.policy import Scope, declare

_ALL = dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.ALL)

declare("staff.person.view", "See colleagues", **_ALL)
declare("staff.person.edit", "Add and change people")
declare("staff.booking.view", "See bookings and capacity", **dict.fromkeys(("leadership", "sales", "project_manager", "finance"), Scope.ALL),
        member=Scope.OWN)
declare("staff.booking.propose", "Reserve time before it is certain", leadership=Scope.ALL, project_manager=Scope.ALL, sales=Scope.ALL)
declare("staff.booking.edit", "Book people and roles", leadership=Scope.ALL, project_manager=Scope.ALL)
declare("staff.time_off.view", "See time off", **_ALL)
declare("staff.time_off.request", "Ask for time off", **dict.fromkeys(("leadership", "sales", "marketing", "project_manager", "member", "finance"), Scope.OWN))
declare("staff.time_off.decide", "Approve time off", leadership=Scope.ALL, project_manager=Scope.ALL)
declare("staff.rate.view", "See cost and bill rates of people and roles", leadership=Scope.ALL, finance=Scope.ALL)
declare("staff.rate.edit", "Change cost and bill rates", finance=Scope.ALL)
