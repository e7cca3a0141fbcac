"""The handoff of one won deal: its versions, its threads, its kickoff, its brief, and the rules it is held to."""

from __future__ import annotations

from django.db import models


class HandoffRules(models.Model):
    """One row: how long delivery may take to accept, and what a kickoff is prepared with."""

    acceptance_minutes = models.PositiveIntegerField(default=2880)
    checklist = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()


class RequiredAnswer(models.Model):
    """An answer that deals of one pipeline, or with one service on them, owe at the gate besides the five."""

    pipeline = models.ForeignKey("sales.Pipeline", models.CASCADE, null=True, related_name="+")
    service = models.ForeignKey("catalog.Service", models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, default="text")
    choices = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["archived_at", "position"], name="required_answer_live")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pipeline__isnull=True) ^ models.Q(service__isnull=True), name="required_answer_has_one_home"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(archived_at__isnull=True), name="required_answer_key_once"
            ),
        ]


class GateDraft(models.Model):
    """The required answers of an open deal, kept until its win."""

    deal = models.OneToOneField("sales.Deal", models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()


class OpenWin(models.Model):
    """A deal won while delivery was switched off. Gone once its handoff is made or the win is taken back."""

    deal = models.OneToOneField("sales.Deal", models.PROTECT, related_name="+")
    won_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-won_at", "-id"], name="open_win_newest")]


class Handoff(models.Model):
    """One per deal won through the gate. `due_at` is when delivery should have decided, `escalated_at` when that was told.

    `taken_back` says how its win was taken back last: undone, reopened or never; `drafts_before` are the promises that the win
    confirmed. `extra_answers` is a list of {key, label, kind, value}; `completeness` the share of readiness at the first submission.
    """

    number = models.CharField(max_length=20, unique=True)
    deal = models.OneToOneField("sales.Deal", models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, default="awaiting_acceptance")
    scope_summary = models.TextField()
    promised_finish_date = models.DateField()
    key_constraints = models.TextField(default="")
    no_constraints = models.BooleanField(default=False)
    main_stakeholder = models.ForeignKey("clients.Contact", models.PROTECT, related_name="+")
    kickoff_date = models.DateField()
    asked_kickoff_date = models.DateField()
    extra_answers = models.JSONField(default=list)
    lead = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    submitted_by = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    returns_count = models.PositiveSmallIntegerField(default=0)
    completeness = models.PositiveSmallIntegerField(null=True)
    uncovered_at_kickoff = models.PositiveSmallIntegerField(null=True)
    records_created = models.PositiveIntegerField(default=0)
    taken_back = models.CharField(max_length=8, default="")
    drafts_before = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="handoff_queue"),
            models.Index(fields=["status", "due_at"], name="handoff_clock"),
        ]


class HandoffProject(models.Model):
    """A project the win created, and the template it came from."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="project_links")
    project = models.OneToOneField("delivery.Project", models.PROTECT, related_name="+")
    template_name = models.CharField(max_length=200, default="")
    template_number = models.PositiveIntegerField(null=True)
    task_count = models.PositiveIntegerField(default=0)
    milestone_count = models.PositiveIntegerField(default=0)


class ScopeBaseline(models.Model):
    """What was sold, frozen: `document` holds answers, lines, promises and stakeholders. Rows are never changed.

    `kind` says why this number exists: win, win_again or amendment, the last with its `reason`.
    """

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="baselines")
    number = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12, default="win")
    reason = models.CharField(max_length=500, default="")
    author_label = models.CharField(max_length=160, default="")
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handoff", "number"], name="scope_baseline_once")]


class FieldDecision(models.Model):
    """What delivery last said to one answer: accepted or returned; gone when sales has changed it since."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="decisions")
    field = models.CharField(max_length=60)
    decision = models.CharField(max_length=10)
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handoff", "field"], name="one_decision_per_answer")]


class HandoffQuestion(models.Model):
    """A field delivery returned, the question, and the latest answer of sales. `is_error`: asked after the acceptance."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="questions")
    round = models.PositiveSmallIntegerField(default=1)
    field = models.CharField(max_length=60)
    text = models.TextField()
    is_error = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=160)
    asked_by_person = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    answered_by = models.CharField(max_length=160, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["handoff", "field"], name="handoff_question_field")]


class QuestionMessage(models.Model):
    """One thing said about a question after it was asked; `side` is sales or delivery."""

    question = models.ForeignKey(HandoffQuestion, models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10)
    text = models.TextField()
    author_label = models.CharField(max_length=160)
    person = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()


class KickoffItem(models.Model):
    """One thing to do before the kickoff, ticked once it is done."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="kickoff_items")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)


class KickoffMeeting(models.Model):
    """When and where the kickoff is held: local civil time in `time_zone`; all day without `starts_at`."""

    handoff = models.OneToOneField(Handoff, models.CASCADE, related_name="kickoff_meeting")
    date = models.DateField()
    starts_at = models.TimeField(null=True)
    duration_minutes = models.PositiveSmallIntegerField(default=60)
    time_zone = models.CharField(max_length=64)
    place = models.CharField(max_length=200, default="")
    video_url = models.CharField(max_length=500, default="")
    sequence = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()


class KickoffAttendee(models.Model):
    """A colleague or a contact invited to the kickoff."""

    meeting = models.ForeignKey(KickoffMeeting, models.CASCADE, related_name="attendees")
    person = models.ForeignKey("staff.Person", models.CASCADE, null=True, related_name="+")
    contact = models.ForeignKey("clients.Contact", models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(contact__isnull=True), name="attendee_is_one_of_two"
            ),
            models.UniqueConstraint(fields=["meeting", "person"], name="colleague_invited_once"),
            models.UniqueConstraint(fields=["meeting", "contact"], name="contact_invited_once"),
        ]


class BriefAcknowledgement(models.Model):
    """A person knows one must-know item of a project's brief; it counts while the item's text has this `digest`."""

    project = models.ForeignKey("delivery.Project", models.CASCADE, related_name="+")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    item_key = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person", "item_key"], name="known_once_per_person_and_item")
        ]


class ClientUpdate(models.Model):
    """The client was told a finish date of a project: which, by whom, when, and the entry of the log that holds the words."""

    project = models.ForeignKey("delivery.Project", models.PROTECT, db_index=False, related_name="+")
    finish_date = models.DateField()
    told_by = models.CharField(max_length=160)
    told_at = models.DateTimeField()
    communication_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="client_update_newest")]


class ForecastVisit(models.Model):
    """Which forecast of a project somebody saw: at their latest visit, and at the one before it."""

    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+", db_index=False)
    project_id = models.BigIntegerField()
    before_date = models.DateField(null=True)
    seen_date = models.DateField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "project_id"], name="one_forecast_visit")]
