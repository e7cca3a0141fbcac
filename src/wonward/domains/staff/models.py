"""People who work, with or without a sign-in, and what they are booked for."""

from __future__ import annotations

from django.db import models


class Calendar(models.Model):
    """Working time: `document` is a kernel WorkCalendar as JSON (week and exceptions)."""

    name = models.CharField(max_length=120, unique=True)
    document = models.JSONField()
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=models.Q(is_default=True), name="one_default_calendar")
        ]


class Role(models.Model):
    """What somebody delivers, such as Designer. `key` is the case-folded name."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()


class Person(models.Model):
    """Somebody who owns, is assigned or is booked. `user` is there once they may sign in."""

    user = models.OneToOneField("access.User", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=160)
    email = models.CharField(max_length=254, default="", db_index=True)
    job_title = models.CharField(max_length=160, default="")
    team = models.ForeignKey("access.Team", models.SET_NULL, null=True, related_name="+")
    is_team_lead = models.BooleanField(default=False)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, related_name="reports")
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, related_name="people")
    is_active = models.BooleanField(default=True)
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
            )
        ]


class PersonRole(models.Model):
    """A role a person can fill."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_links")
    role = models.ForeignKey(Role, models.CASCADE, related_name="person_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once_per_person")]


class Booking(models.Model):
    """Time of a person or a role for a subject (`sales.deal:12`), tentative until the win confirms it."""

    subject_noun = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="bookings")
    role = models.ForeignKey(Role, models.CASCADE, null=True, related_name="bookings")
    status = models.CharField(max_length=12)
    start_date = models.DateField()
    finish_date = models.DateField()
    minutes = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_noun", "subject_id"], name="booking_subject"),
            models.Index(fields=["person", "start_date"], name="booking_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(role__isnull=False), name="booking_of_someone"
            )
        ]
