"""Reading approvals: as colleagues do, and as the holder of a link does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.approvals.models import (
    Approval,
    ApprovalLink,
    ApprovalSighting,
    ApprovalStep,
    ApprovalVersion,
)
from wonward.domains.approvals.rules import digest_of
from wonward.domains.approvals.types import (
    ApprovalRow,
    ApprovalView,
    FileShown,
    PublicApproval,
    SightingRow,
    StepRow,
    VersionRow,
)
from wonward.foundation.access.policy import visible_ids, visible_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

SUBJECTS = ("delivery.task",)


def visible_approvals(actor: Actor) -> QuerySet[Approval]:
    """Approvals of records the actor sees."""
    seen = Q(pk__in=[])
    for noun in SUBJECTS:
        seen |= Q(noun=noun, ref_id__in=visible_ids(noun, actor))
    return Approval.objects.filter(seen)


def find_states(*, noun: str, ids: Iterable[int]) -> dict[int, str]:
    """The state of the approval of each of these records that has one; one query."""
    return dict(Approval.objects.filter(noun=noun, ref_id__in=set(ids)).values_list("ref_id", "state"))


def list_approvals(
    *, actor: Actor, state: str = "", ref_ids: Collection[int] | None = None, is_mine: bool = False, text: str = "",
    updated_since: datetime | None = None, offset: int = 0, limit: int = 50,
) -> list[ApprovalRow]:
    """Approvals the viewer sees: open ones first, the earliest due first. `is_mine` keeps those waiting for the viewer's answer."""
    found = visible_approvals(actor)
    if state:
        found = found.filter(state=state)
    if ref_ids is not None:
        found = found.filter(ref_id__in=set(ref_ids))
    if text:
        found = found.filter(title__icontains=text)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    if is_mine:
        asked = ApprovalStep.objects.filter(person_id=actor.person_id or 0, state="asked")
        found = found.filter(pk__in=asked.values("of_version__approval_id"))
    is_open = Q(state="open")
    rows = list(found.annotate(is_open=is_open).order_by("-is_open", "due_date", "-updated_at", "pk")[offset : offset + limit])
    return _rows(rows)


def _rows(rows: Sequence[Approval]) -> list[ApprovalRow]:
    waiting: dict[int, list[str]] = {}
    asked = ApprovalStep.objects.filter(of_version__approval__in=[row.pk for row in rows], state="asked").order_by("pk")
    for approval_id, name in asked.values_list("of_version__approval_id", "name"):
        waiting.setdefault(approval_id, []).append(name)
    return [_row(row, tuple(waiting.get(row.pk, ()))) for row in rows]


def _row(row: Approval, waits_for: tuple[str, ...]) -> ApprovalRow:
    return ApprovalRow(
        row.pk, Ref(row.noun, row.ref_id), row.title, row.place, row.state, row.current_number, row.due_date, row.asked_by_label,
        waits_for, row.version, row.created_at, row.updated_at,
    )


def count_mine(*, actor: Actor) -> int:
    """How many approvals wait for the viewer's answer."""
    asked = ApprovalStep.objects.filter(person_id=actor.person_id or 0, state="asked")
    return visible_approvals(actor).filter(pk__in=asked.values("of_version__approval_id")).count()


def get_approval(*, actor: Actor, approval_id: int) -> ApprovalView:
    """An approval with its whole record, or NotFound."""
    row = Approval.objects.filter(pk=approval_id).first()
    if row is None or not visible_refs(actor, [Ref(row.noun, row.ref_id)]):
        raise NotFound("approval", approval_id)
    return _view(actor, row)


def find_approval(*, actor: Actor, ref: Ref) -> ApprovalView | None:
    """The approval of a record the viewer has been shown, or None."""
    row = Approval.objects.filter(noun=ref.noun, ref_id=ref.id).first()
    return _view(actor, row) if row else None


def _view(actor: Actor, row: Approval) -> ApprovalView:
    versions = list(ApprovalVersion.objects.filter(approval=row).order_by("-number"))
    steps = list(ApprovalStep.objects.filter(of_version__approval=row).order_by("position", "pk"))
    seen: dict[int, list[SightingRow]] = {}
    for one in ApprovalSighting.objects.filter(step__of_version__approval=row).order_by("first_at", "pk"):
        seen.setdefault(one.step_id, []).append(SightingRow(one.label, one.via, one.first_at, one.last_at, one.times))
    linked = set(ApprovalLink.objects.filter(step__of_version__approval=row, revoked_at__isnull=True).values_list("step_id", flat=True))
    by_version: dict[int, list[StepRow]] = {}
    for step in steps:
        by_version.setdefault(step.of_version_id, []).append(_step(step, step.pk in linked, tuple(seen.get(step.pk, ()))))
    mine = [
        step.pk for step in steps
        if step.state == "asked" and actor.person_id is not None and step.person_id == actor.person_id and row.state == "open"
    ]
    waits_for = tuple(step.name for step in steps if step.state == "asked")
    return ApprovalView(
        _row(row, waits_for), tuple(_version(one, tuple(by_version.get(one.pk, ()))) for one in versions), mine[0] if mine else None
    )


def _step(step: ApprovalStep, has_link: bool, sightings: tuple[SightingRow, ...]) -> StepRow:
    return StepRow(
        step.pk, step.kind, step.position, step.person_id, step.contact_id, step.name, step.email, step.state, step.asked_at,
        step.delegated_by, step.answered_at, step.answered_by, step.recorded_by, step.words, step.via, step.reminded_at, has_link, sightings,
    )


def _version(one: ApprovalVersion, steps: tuple[StepRow, ...]) -> VersionRow:
    return VersionRow(
        one.number, one.state, one.words, tuple(one.criteria), files_of(one.files), one.due_date, one.asked_by_label, one.asked_at,
        one.settled_at, one.reason, steps,
    )


def files_of(stored: Iterable[Mapping[str, Any]]) -> tuple[FileShown, ...]:
    """Files as a version keeps them."""
    return tuple(FileShown(one["document_id"], one["name"], one["sha256"], one["size"], one["media_type"]) for one in stored)


def get_ref(*, approval_id: int) -> Ref:
    """What an approval is about, whoever asks; for operations that settle rights themselves."""
    found = Approval.objects.filter(pk=approval_id).values_list("noun", "ref_id").first()
    if found is None:
        raise NotFound("approval", approval_id)
    return Ref(*found)


def get_ref_behind(*, token: str) -> Ref:
    """What the approval behind a link is about, or NotFound."""
    found = ApprovalLink.objects.filter(digest=digest_of(token)).values_list(
        "step__of_version__approval__noun", "step__of_version__approval__ref_id"
    ).first()
    if found is None:
        raise NotFound("approval", "behind this link")
    return Ref(*found)


def get_public_approval(*, token: str, now: datetime) -> PublicApproval:
    """What the holder of a link sees; NotFound for a link that never was or was taken back without a newer one."""
    link = ApprovalLink.objects.select_related("step__of_version__approval").filter(digest=digest_of(token)).first()
    if link is None:
        raise NotFound("approval", "behind this link")
    step, version = link.step, link.step.of_version
    state = _public_state(link, step, version, now)
    shows = state in ("open", "answered")
    return PublicApproval(
        state, version.approval.title, version.approval.place, version.number, version.words if shows else "",
        tuple(version.criteria) if shows else (), files_of(version.files) if shows else (), version.due_date, version.asked_by_label,
        version.asked_at, step.name, step.state if step.answered_at else "", step.answered_by, step.answered_at, step.words, link.expires_at,
    )


def _public_state(link: ApprovalLink, step: ApprovalStep, version: ApprovalVersion, now: datetime) -> str:
    if link.expires_at <= now:
        return "expired"
    if step.answered_at is not None:
        return "answered"
    if version.state in ("superseded", "withdrawn"):
        return version.state
    if link.revoked_at is not None or step.state != "asked":
        return "ended"
    return "open"


def get_public_file(*, token: str, place: int, now: datetime) -> FileShown:
    """One of the files behind a link, by its place in the list; NotFound unless the link shows it."""
    shown = get_public_approval(token=token, now=now)
    if not 0 <= place < len(shown.files):
        raise NotFound("file", place)
    return shown.files[place]


def find_steps(*, step_ids: Collection[int]) -> dict[int, StepRow]:
    """Steps by id, for reactions to facts about them."""
    return {step.pk: _step(step, False, ()) for step in ApprovalStep.objects.filter(pk__in=set(step_ids))}


def find_answered(*, noun: str, ids: Collection[int]) -> str:
    """The title of an approval of one of these records that somebody has answered; "" when nobody has."""
    asked = ApprovalVersion.objects.filter(approval__noun=noun, approval__ref_id__in=set(ids), steps__answered_at__isnull=False)
    return asked.order_by("pk").values_list("approval__title", flat=True).first() or ""


def find_asker(*, approval_id: int) -> int | None:
    """The person who put the newest version forward."""
    return Approval.objects.filter(pk=approval_id).values_list("asked_by_id", flat=True).first()
