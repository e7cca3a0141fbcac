"""Setting objectives, changing them, putting them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.access.queries import list_teams
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.insights.events import ObjectiveChanged
from wonward.journeys.insights.models import Objective, ObjectiveLink
from wonward.journeys.insights.queries import (
    fields_of,
    find_objective,
    links_of,
    list_measures,
    may_set,
    target_of_goals,
)
from wonward.journeys.insights.rules import follows_goals, months_of, objective_errors, spread
from wonward.journeys.insights.types import ObjectiveFields
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_COLUMNS = ("name", "measure", "target", "starts_date", "ends_date", "person_id", "team_id", "note")


@transaction.atomic
def set_objective(*, actor: Actor, fields: ObjectiveFields, now: datetime) -> int:
    """Say what is to be reached; its id.

    Won value of a colleague or of everybody takes its target from the sales goals of its months. Where there are none yet, the target
    becomes them, in equal parts; where there are, another target is refused with their sum.
    """
    require(actor, "insights.objective.edit")
    kept = _checked(actor, fields, ())
    one = Objective.objects.create(
        **{name: getattr(kept, name) for name in _COLUMNS}, author_label=actor.label[:160], created_at=now, updated_at=now
    )
    _put_links(one, kept)
    changes = {name: [None, getattr(kept, name)] for name in _COLUMNS if getattr(kept, name) not in (None, "")}
    _tell(actor, one, "insights.objective.set", {**changes, **_link_changes((), kept.links)}, now)
    _put_goals(actor, fields, now)
    return one.pk


@transaction.atomic
def change_objective(
    *, actor: Actor, objective_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change what is given of an objective: the fields of `ObjectiveFields`. A stale version writes nothing."""
    one = _held(actor, objective_id, version, changes)
    before = fields_of(one, links_of([one.pk]).get(one.pk, ()))
    given: dict[str, Any] = {name: tuple(value) if name == "links" else value for name, value in changes.items()}
    wanted = replace(before, **given)
    if "target" not in changes and follows_goals(before) != follows_goals(wanted):
        wanted = replace(wanted, target=None)
    kept = _checked(actor, wanted, before.links)
    audit = {name: [getattr(before, name), getattr(kept, name)] for name in _COLUMNS if getattr(before, name) != getattr(kept, name)}
    audit |= _link_changes(before.links, kept.links)
    if audit:
        for name in _COLUMNS:
            setattr(one, name, getattr(kept, name))
        one.version += 1
        one.updated_at = now
        one.save()
        _put_links(one, kept)
        _tell(actor, one, "insights.objective.change", audit, now)
    _put_goals(actor, wanted, now)


@transaction.atomic
def archive_objective(*, actor: Actor, objective_id: int, is_archived: bool, version: int | None = None, now: datetime) -> None:
    """Put an objective away, or bring it back."""
    one = _held(actor, objective_id, version, {"is_archived": is_archived})
    if (one.archived_at is not None) == is_archived:
        return
    one.archived_at = now if is_archived else None
    one.version += 1
    one.updated_at = now
    one.save()
    _tell(actor, one, "insights.objective.archive", {"archived": [not is_archived, is_archived]}, now)


def _held(actor: Actor, objective_id: int, version: int | None, yours: Mapping[str, Any]) -> Objective:
    one = find_objective(actor, objective_id, for_update=True)
    if one is None:
        raise NotFound("objective", objective_id)
    require(actor, "insights.objective.edit")
    if not may_set(actor, person_id=one.person_id, team_id=one.team_id):
        raise NotAllowed("Only who may set objectives for everybody may change this one.")
    if version is not None and version != one.version:
        current = fields_of(one, links_of([one.pk]).get(one.pk, ()))
        raise Stale(
            worded("“{name}” was changed by somebody else in the meantime.", name=one.name),
            current={name: getattr(current, name, None) for name in yours}, yours=yours,
        )
    return one


def _checked(actor: Actor, fields: ObjectiveFields, links_before: tuple[Ref, ...]) -> ObjectiveFields:
    """The fields as they are kept, or a refusal naming everything that is wrong with them."""
    if not may_set(actor, person_id=fields.person_id, team_id=fields.team_id):
        raise NotAllowed("You may set objectives for yourself and for the team you lead.")
    errors = objective_errors(fields)
    if fields.measure not in {one.key for one in list_measures()} and not errors:
        errors.append(FieldError("measure", "What this measures is in an area that is switched off."))
    if fields.person_id is not None and not person_exists(fields.person_id):
        errors.append(FieldError("person_id", worded("There is no colleague {person_id}.", person_id=fields.person_id), "unknown"))
    if fields.team_id is not None and fields.team_id not in {team.id for team in list_teams()}:
        errors.append(FieldError("team_id", worded("There is no team {team_id}.", team_id=fields.team_id), "unknown"))
    new = set(fields.links) - set(links_before)
    errors += [FieldError("links", worded("There is no record {ref}.", ref=ref), "unknown") for ref in sorted(new - visible_refs(actor, new), key=str)]
    if not errors and follows_goals(fields):
        errors += _goal_errors(fields)
    if errors:
        raise Refused(errors[0].words, errors)
    return replace(
        fields, name=fields.name.strip(), note=fields.note.strip(), target=None if follows_goals(fields) else fields.target,
        links=tuple(dict.fromkeys(fields.links)),
    )


def _goal_errors(fields: ObjectiveFields) -> list[FieldError]:
    known = target_of_goals(person_id=fields.person_id, start=fields.starts_date, finish=fields.ends_date)
    if known is None and fields.target is None:
        return [FieldError("target", "Say what is to be won: these months have no sales goals yet.", "required")]
    if known is not None and fields.target not in (None, known):
        total = Money(known, get_organisation().currency)
        return [FieldError("target", worded("These months have sales goals, {total} together. Leave this empty to take them, or change them in the reports.", total=total))]
    return []


def _put_goals(actor: Actor, fields: ObjectiveFields, now: datetime) -> None:
    """Let a target become the goals of months that have none."""
    if not follows_goals(fields) or fields.target is None:
        return
    if target_of_goals(person_id=fields.person_id, start=fields.starts_date, finish=fields.ends_date) is not None:
        return
    months = months_of(fields.starts_date, fields.ends_date)
    currency = get_organisation().currency
    for month, minor in zip(months, spread(fields.target, len(months)), strict=True):
        if minor:
            put_goal(actor=actor, month=month, amount=Money(minor, currency), person_id=fields.person_id, now=now)


def _put_links(one: Objective, fields: ObjectiveFields) -> None:
    before = set(links_of([one.pk]).get(one.pk, ()))
    for ref in before - set(fields.links):
        ObjectiveLink.objects.filter(objective=one, noun=ref.noun, ref_id=ref.id).delete()
    ObjectiveLink.objects.bulk_create([
        ObjectiveLink(objective=one, noun=ref.noun, ref_id=ref.id) for ref in fields.links if ref not in before
    ])


def _link_changes(before: tuple[Ref, ...], after: tuple[Ref, ...]) -> dict[str, list[Any]]:
    if set(before) == set(after):
        return {}
    return {"links": [sorted(map(str, before)), sorted(map(str, after))]}


def _tell(actor: Actor, one: Objective, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    record_change(actor=actor, operation=operation, ref=Ref("insights.objective", one.pk), changes=changes, now=now)
    publish(ObjectiveChanged(objective_id=one.pk), actor=actor, now=now)
