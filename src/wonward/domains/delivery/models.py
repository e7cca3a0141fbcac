"""Projects and their plan. Entered values and computed dates are separate columns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wonward.domains.clients.queries import client_team_company_ids
from wonward.kernel.actor import Actor, Scope


class ProjectQuerySet(models.QuerySet["Project"]):
    """The access funnel of projects."""

    def visible_to(self, actor: Actor) -> ProjectQuerySet:
        """Projects this actor may see, by the reach of `delivery.project.view`."""
        reach = actor.scope_of("delivery.project.view")
        if actor.is_system or (reach is Scope.ALL and actor.role in ("owner", "admin")):
            return self
        if reach is Scope.NONE:
            return self.none()
        mine = Q(manager_id=actor.person_id or 0) | Q(
            pk__in=ProjectMember.objects.filter(person_id=actor.person_id or 0).values("project_id")
        )
        if reach is Scope.ALL:
            return self.filter(Q(is_restricted=False) | mine)
        if reach is Scope.TEAM:
            return self.filter(mine | Q(is_restricted=False, manager__team_id=actor.team_id or 0))
        if reach is Scope.RELATED:
            companies = client_team_company_ids(person_id=actor.person_id or 0)
            return self.filter(mine | Q(is_restricted=False, company_id__in=companies))
        return self.filter(mine)


class Project(models.Model):
    """Work for a client. `plan_version` counts schedules, `version` counts entered changes.

    What is not done is planned from `status_date` on.
    """

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    company = models.ForeignKey("clients.Company", models.PROTECT, related_name="+")
    manager = models.ForeignKey("staff.Person", models.PROTECT, null=True, related_name="+")
    calendar = models.ForeignKey("staff.Calendar", models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, default="planned")
    start_date = models.DateField()
    promised_finish_date = models.DateField(null=True)
    forecast_finish_date = models.DateField(null=True)
    status_date = models.DateField(null=True)
    finished_date = models.DateField(null=True)
    stage = models.CharField(max_length=12, default="")
    is_restricted = models.BooleanField(default=False)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    plan_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProjectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "forecast_finish_date"], name="project_status"),
            models.Index(fields=["company", "status"], name="project_company"),
            models.Index(fields=["updated_at", "id"], name="project_updated"),
        ]


class ProjectMember(models.Model):
    """Somebody put on the project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="project_member_once")]


class Task(models.Model):
    """A phase, task, milestone or approval. Durations are working minutes; start and finish are a civil date and a minute of that day."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, default="task")
    name = models.CharField(max_length=300)
    notes = models.TextField(default="")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    position = models.PositiveIntegerField(default=0)
    duration_minutes = models.PositiveIntegerField(default=480)
    effort_minutes = models.PositiveIntegerField(default=0)
    role = models.ForeignKey("staff.Role", models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=12, default="todo")
    percent_complete = models.PositiveSmallIntegerField(default=0)
    is_manual = models.BooleanField(default=False, db_default=False)
    """Its dates were set by hand: no link and no calendar moves them."""
    manual_start_date = models.DateField(null=True)
    manual_finish_date = models.DateField(null=True)
    constraint = models.CharField(max_length=4, default="ASAP")
    constraint_date = models.DateField(null=True)
    deadline_date = models.DateField(null=True)
    actual_start_date = models.DateField(null=True)
    actual_finish_date = models.DateField(null=True)
    promise_key = models.CharField(max_length=80, default="")
    is_deliverable = models.BooleanField(default=False)
    acceptance_criteria = models.JSONField(default=list)
    priority = models.CharField(max_length=6, default="")
    blocked_reason = models.CharField(max_length=500, default="")
    blocked_date = models.DateField(null=True)
    repeat_every = models.PositiveSmallIntegerField(null=True)
    repeat_unit = models.CharField(max_length=5, default="")
    repeat_day = models.PositiveSmallIntegerField(null=True)
    repeat_until_date = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    start_date = models.DateField(null=True)
    start_minute = models.PositiveSmallIntegerField(default=0)
    finish_date = models.DateField(null=True)
    finish_minute = models.PositiveSmallIntegerField(default=0)
    late_start_date = models.DateField(null=True)
    late_finish_date = models.DateField(null=True)
    total_float_minutes = models.IntegerField(default=0)
    free_float_minutes = models.IntegerField(default=0)
    is_critical = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "position"], name="task_order"),
            models.Index(fields=["assignee", "status"], name="task_assignee"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="task_key_once"),
            models.CheckConstraint(condition=Q(percent_complete__lte=100), name="task_percent"),
            models.CheckConstraint(
                condition=Q(is_manual=False) | Q(manual_start_date__isnull=False, manual_finish_date__gte=models.F("manual_start_date")),
                name="task_by_hand",
            ),
        ]


class ChecklistItem(models.Model):
    """One line to tick off inside a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="checklist")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    is_done = models.BooleanField(default=False)
    done_by_label = models.CharField(max_length=160, default="")
    done_at = models.DateTimeField(null=True)


class MetCriterion(models.Model):
    """An acceptance criterion of a deliverable that somebody found to be met; the words are those of the task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="met_criteria")
    text = models.CharField(max_length=500)
    met_by_label = models.CharField(max_length=160)
    met_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "text"], name="met_criterion_once")]


class Label(models.Model):
    """A word that tasks of any project carry; `key` is the name without case."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=40, unique=True)
    tone = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()


class TaskLabel(models.Model):
    """A label on a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="labels")
    label = models.ForeignKey(Label, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "label"], name="task_label_once")]


class TaskHelper(models.Model):
    """Somebody who works on a task beside its assignee, and what they do there."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="helpers")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    part = models.CharField(max_length=10, default="helps")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="task_helper_once")]


class TaskSkill(models.Model):
    """What whoever does a task must be able to do, and how well at least, from 1 to 5."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="skills")
    skill = models.ForeignKey("staff.Skill", models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "skill"], name="task_skill_once"),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=5), name="task_skill_level"),
        ]


class TaskEffort(models.Model):
    """How much of a task's planned effort one role gives, where several roles share it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="efforts")
    role = models.ForeignKey("staff.Role", models.CASCADE, related_name="+")
    minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "role"], name="task_effort_once")]


class Dependency(models.Model):
    """`successor` waits for `predecessor`: FS, SS, FF or SF, with a lag in minutes."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="dependencies")
    predecessor = models.ForeignKey(Task, models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Task, models.CASCADE, related_name="predecessor_links")
    type = models.CharField(max_length=2, default="FS")
    lag_minutes = models.IntegerField(default=0)
    lag_unit = models.CharField(max_length=8, default="working")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["predecessor", "successor"], name="dependency_once")]


class OutsideDependency(models.Model):
    """`successor`, a task of `project`, waits for `predecessor`, a task of `source_project` for the same client."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="outside_dependencies")
    source_project = models.ForeignKey(Project, models.CASCADE, related_name="outside_followers")
    predecessor = models.ForeignKey(Task, models.CASCADE, related_name="outside_successor_links")
    successor = models.ForeignKey(Task, models.CASCADE, related_name="outside_predecessor_links")
    type = models.CharField(max_length=2, default="FS")
    lag_minutes = models.IntegerField(default=0)
    lag_unit = models.CharField(max_length=8, default="working")
    version = models.PositiveIntegerField(default=1, db_default=1)
    author_label = models.CharField(max_length=160)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["predecessor", "successor"], name="outside_dependency_once")]


class PlanBaseline(models.Model):
    """The dates of every task at one moment, frozen: `dates` maps task id to [start, finish]."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="baselines")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    finish_date = models.DateField(null=True)
    dates = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="baseline_number_once")]


class PlanChange(models.Model):
    """Why the plan moved: who, the reason in their words, and what it did to the finish.

    `cause` is the task of another project whose move this change follows.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="plan_changes")
    plan_version = models.PositiveIntegerField()
    author_label = models.CharField(max_length=160)
    reason = models.TextField(default="")
    finish_before_date = models.DateField(null=True)
    finish_after_date = models.DateField(null=True)
    moved_count = models.PositiveIntegerField(default=0)
    cause = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    undo = models.JSONField(default=list)
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="plan_change_project")]


class Risk(models.Model):
    """What may go wrong in a project, or as an issue already does. `number` counts within the project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="risks")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=5, default="risk")
    title = models.CharField(max_length=200)
    description = models.TextField(default="")
    probability = models.PositiveSmallIntegerField(default=3)
    impact = models.PositiveSmallIntegerField(default=3)
    owner = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    due_date = models.DateField(null=True)
    strategy = models.CharField(max_length=8, default="mitigate")
    response = models.TextField(default="")
    status = models.CharField(max_length=6, default="open")
    happened_date = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "status"], name="risk_project")]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="risk_number_once"),
            models.CheckConstraint(condition=Q(probability__range=(1, 5), impact__range=(1, 5)), name="risk_scales"),
        ]


class HealthOverride(models.Model):
    """A colour somebody gave a project against the rules, until a day; the newest one that has not ended counts."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="health_overrides")
    colour = models.CharField(max_length=6)
    reason = models.TextField()
    author_label = models.CharField(max_length=160)
    set_at = models.DateTimeField()
    last_date = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "last_date"], name="health_override_project")]


class StatusUpdate(models.Model):
    """How a project stands in its manager's words, with the colour and the figures of that moment."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="status_updates")
    text = models.TextField()
    colour = models.CharField(max_length=6)
    promised_finish_date = models.DateField(null=True)
    forecast_finish_date = models.DateField(null=True)
    author_label = models.CharField(max_length=160)
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "published_at"], name="status_update_project")]


class Lesson(models.Model):
    """What a project taught: to keep, or to do otherwise."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="lessons")
    kind = models.CharField(max_length=6)
    text = models.TextField()
    author_label = models.CharField(max_length=160)
    created_at = models.DateTimeField()


class ProjectClosing(models.Model):
    """The end of a project: what it came to, where the client is asked about it, and what was still promised then."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="closing")
    summary = models.TextField()
    survey_place = models.CharField(max_length=300, default="")
    open_promises = models.JSONField(default=list)
    status_before = models.CharField(max_length=12)
    stage_before = models.CharField(max_length=12)
    closed_by_label = models.CharField(max_length=160)
    closed_at = models.DateTimeField()


class ProjectNote(models.Model):
    """What the people of a project write down together, in Markdown; `version` counts what was saved."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="notes")
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    author_label = models.CharField(max_length=160)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "updated_at"], name="project_note_project")]


class NoteRevision(models.Model):
    """A note as somebody saved it; its number is the version of the note."""

    note = models.ForeignKey(ProjectNote, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    author_label = models.CharField(max_length=160)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_revision_once")]


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    """Links by whose they are."""

    def live_of(self, user_id: int, project_id: int | None) -> CalendarLinkQuerySet:
        """What somebody has open to a project, or to their own work."""
        mine = self.filter(user_id=user_id, revoked_at__isnull=True)
        return mine.filter(project__isnull=True) if project_id is None else mine.filter(project_id=project_id)


class CalendarLink(models.Model):
    """A secret address under which a calendar program reads a project, or without one the maker's own work; only its digest is kept."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="calendar_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = CalendarLinkQuerySet.as_manager()
