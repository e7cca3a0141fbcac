"""The kickoff of a handoff: its list, its hour, who comes, and the invitation as a file."""

from __future__ import annotations

from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.models import KickoffAttendee, KickoffItem, KickoffMeeting
from wonward.journeys.handoff.queries.handoffs import get_handoff
from wonward.journeys.handoff.rules.calendar_file import invitation
from wonward.journeys.handoff.types import HandoffRow, KickoffItemRow, KickoffRow
from wonward.kernel.actor import Actor


def get_kickoff(*, actor: Actor, handoff_id: int) -> KickoffRow:
    """The kickoff of a handoff the viewer sees; before it is planned, on the promised day and all day. NotFound."""
    return kickoff_of(get_handoff(actor=actor, handoff_id=handoff_id))


def kickoff_of(row: HandoffRow) -> KickoffRow:
    """The kickoff of a handoff the viewer has been shown."""
    found = KickoffItem.objects.filter(handoff_id=row.id).order_by("position", "pk")
    items = tuple(
        KickoffItemRow(key, text, at is not None, by, at) for key, text, by, at in found.values_list("pk", "text", "done_by", "done_at")
    )
    meeting = KickoffMeeting.objects.filter(handoff_id=row.id).first()
    title = f"Kickoff: {row.deal_name}"
    if meeting is None:
        return KickoffRow(
            row.id, row.number, title, row.kickoff_date, None, 60, get_organisation().time_zone, "", "", 0, (), items, row.updated_at
        )
    people = KickoffAttendee.objects.filter(meeting=meeting).order_by("pk")
    return KickoffRow(
        row.id, row.number, title, meeting.date, meeting.starts_at, meeting.duration_minutes, meeting.time_zone, meeting.place,
        meeting.video_url, meeting.sequence,
        tuple(
            (person_id, contact_id, person or contact or "")
            for person_id, contact_id, person, contact in people.values_list("person_id", "contact_id", "person__name", "contact__name")
        ),
        items, meeting.updated_at,
    )


def get_kickoff_file(*, actor: Actor, handoff_id: int) -> bytes:
    """The kickoff as a calendar file; NotFound."""
    row = get_kickoff(actor=actor, handoff_id=handoff_id)
    return invitation(
        uid=f"kickoff-{row.handoff_number.lower()}@wonward", title=row.title, day=row.date, starts_at=row.starts_at,
        duration_minutes=row.duration_minutes, time_zone=row.time_zone, place=row.place, video_url=row.video_url,
        note=f"Handoff {row.handoff_number}", attendees=[name for _, _, name in row.attendees], sequence=row.sequence, stamp=row.updated_at,
    )
