"""The tabs of capacity."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.kernel.actor import Actor, Scope


def tabs(actor: Actor, current: str) -> list[dict[str, object]]:
    """People, outlook, balance, team, levelling and time off, as far as the viewer has the right."""
    places = (
        ("planner", _("People"), "users", "staff.booking.view"), ("outlook", _("Outlook"), "trending-up", "capacity.outlook.view"),
        ("balance", _("Balance"), "gauge", "capacity.outlook.view"), ("capacity_team", _("Team"), "contact", "staff.booking.view"), ("leveling", _("Levelling"), "chart-gantt", "capacity.plan.level"), ("time_off", _("Time off"), "calendar-off", "staff.time_off.view"),
    )
    return [
        {"label": label, "icon": icon, "href": address_of(route), "is_current": route == current}
        for route, label, icon, permission in places
        if actor.may(permission) and (route != "balance" or actor.scope_of("staff.booking.view") is Scope.ALL)
    ]
