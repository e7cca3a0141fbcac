"""People who work, with or without a sign-in, and what they are booked for."""

from __future__ import annotations

from django.db import models


class Calendar(models.Model):
    """Working time: `document` is a kernel WorkCalendar as JSON (week and exceptions)."""

    name = models.CharField(max_length=120, unique=True)
    document = models.JSONField()
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=models.Q(is_default=True), name="one_default_calendar")
        ]


class TeamCalendar(models.Model):
    """The calendar a team works by; a person's own goes before it, the organisation's comes after."""

    team = models.OneToOneField("access.Team", models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="team_links")


class Role(models.Model):
    """What somebody delivers, such as Designer. `key` is the case-folded name."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()


class Person(models.Model):
    """Somebody who owns, is assigned or is booked. `user` is there once they may sign in; a placeholder is yet to be hired.

    `week_percent` is the part of the calendar's week they work, `target_percent` the part of that to be spent on client work.
    """

    user = models.OneToOneField("access.User", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=160)
    email = models.CharField(max_length=254, default="", db_index=True)
    job_title = models.CharField(max_length=160, default="")
    team = models.ForeignKey("access.Team", models.SET_NULL, null=True, related_name="+")
    is_team_lead = models.BooleanField(default=False)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, related_name="reports")
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, related_name="people")
    is_active = models.BooleanField(default=True)
    is_placeholder = models.BooleanField(default=False)
    employed_from_date = models.DateField(null=True)
    employed_until_date = models.DateField(null=True)
    week_percent = models.PositiveSmallIntegerField(default=100)
    target_percent = models.PositiveSmallIntegerField(default=75)
    external_source = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=160, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name"], name="person_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"], condition=~models.Q(external_id=""), name="person_external"
            ),
            models.CheckConstraint(
                condition=models.Q(week_percent__lte=100) & models.Q(target_percent__lte=100), name="person_percents"
            ),
        ]


class PersonRole(models.Model):
    """A role a person can fill."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_links")
    role = models.ForeignKey(Role, models.CASCADE, related_name="person_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once_per_person")]


class Skill(models.Model):
    """Something a person can do, such as French or Salesforce. `key` is the case-folded name."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()


class PersonSkill(models.Model):
    """How well a person can do it: level 1 (learning) to 5 (teaches others)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skill_links")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="person_links")
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="skill_once_per_person"),
            models.CheckConstraint(condition=models.Q(level__gte=1) & models.Q(level__lte=5), name="skill_level"),
        ]


class Rate(models.Model):
    """What an hour of a person or a role costs and is billed at from a date on, in minor units of the reporting currency."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="rates")
    role = models.ForeignKey(Role, models.CASCADE, null=True, related_name="rates")
    valid_from_date = models.DateField()
    cost_minor = models.BigIntegerField(null=True)
    bill_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "valid_from_date"], condition=models.Q(role__isnull=True), name="rate_of_person"),
            models.UniqueConstraint(fields=["role", "valid_from_date"], condition=models.Q(person__isnull=True), name="rate_of_role"),
            models.CheckConstraint(condition=models.Q(person__isnull=True) ^ models.Q(role__isnull=True), name="rate_of_someone"),
        ]


class TimeOff(models.Model):
    """Days a person does not work; `minutes_per_day` NULL is whole days. Only approved time off lowers capacity."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="time_off")
    kind = models.CharField(max_length=12)
    start_date = models.DateField()
    finish_date = models.DateField()
    minutes_per_day = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=12, default="requested")
    note = models.CharField(max_length=300, default="")
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["status", "start_date"], name="time_off_days")]
        constraints = [models.CheckConstraint(condition=models.Q(finish_date__gte=models.F("start_date")), name="time_off_in_order")]


class Booking(models.Model):
    """Time of a person or a role for a subject (`sales.deal:12`), tentative until the win confirms it.

    `spread` says how it was entered: `total` minutes over the span, or `amount_minutes` `per_day` or `per_week`; `minutes` is
    always the total. `is_from_templates` marks what was reserved as templates say, and is made anew when that is done again.
    """

    subject_noun = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="bookings")
    role = models.ForeignKey(Role, models.CASCADE, null=True, related_name="bookings")
    status = models.CharField(max_length=12)
    start_date = models.DateField()
    finish_date = models.DateField()
    minutes = models.PositiveIntegerField()
    spread = models.CharField(max_length=8, default="total")
    amount_minutes = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, default="")
    is_from_templates = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_noun", "subject_id"], name="booking_subject"),
            models.Index(fields=["person", "start_date"], name="booking_person"),
            models.Index(fields=["status", "finish_date", "start_date"], name="booking_days"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(role__isnull=False), name="booking_of_someone"
            )
        ]
