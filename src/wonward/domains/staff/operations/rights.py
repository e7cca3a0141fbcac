"""What access roles and teams may do, with its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from wonward.foundation.access.operations import change_role_rights, change_team_rights, rename_team
from wonward.foundation.access.policy import ROLES
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


@transaction.atomic
def set_role_rights(*, actor: Actor, role: str, reaches: Mapping[str, str], version: int | None = None, now: datetime) -> None:
    """Set how far permissions reach for an access role, from the next request of everybody who has it."""
    changes = change_role_rights(actor=actor, role=role, reaches=reaches, version=version)
    if changes:
        place = Ref("access.role", list(ROLES).index(role) + 1)
        record_change(actor=actor, operation="access.role.change", ref=place, changes={"role": [role, role], **changes}, now=now)


@transaction.atomic
def set_team_rights(*, actor: Actor, team_id: int, reaches: Mapping[str, str], version: int | None = None, now: datetime) -> None:
    """Set how far permissions reach for the members of a team; "" lets their access role decide again."""
    changes = change_team_rights(actor=actor, team_id=team_id, reaches=reaches, version=version, now=now)
    if changes:
        record_change(actor=actor, operation="access.team.change", ref=Ref("access.team", team_id), changes=changes, now=now)


@transaction.atomic
def set_team_name(*, actor: Actor, team_id: int, name: str, version: int | None = None, now: datetime) -> None:
    """Give a team another name."""
    changes = rename_team(actor=actor, team_id=team_id, name=name, version=version, now=now)
    if changes:
        record_change(actor=actor, operation="access.team.change", ref=Ref("access.team", team_id), changes=changes, now=now)
