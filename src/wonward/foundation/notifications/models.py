"""One thread per person and record, the notices in it, and how each person wants to be told."""

from __future__ import annotations

from django.db import models


class Inbox(models.Model):
    """How a person is told. `levels` maps a topic to a level and holds only what differs from the topic's default."""

    user = models.OneToOneField("access.User", models.CASCADE, primary_key=True, related_name="+")
    levels = models.JSONField(default=dict)
    digest_hour = models.PositiveSmallIntegerField(null=True, default=8)
    digest_sent_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)


class Thread(models.Model):
    """What one person was told about one record. `is_open` until done; `is_for_you` once named or in charge."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+", db_index=False)
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    reason = models.CharField(max_length=10)
    is_for_you = models.BooleanField(default=False)
    last_at = models.DateTimeField()
    unread_count = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    is_muted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "noun", "ref_id"], name="one_thread_per_record")]
        indexes = [models.Index(fields=["user", "last_at", "id"], name="thread_inbox")]


class Notification(models.Model):
    """One notice in a thread. `key` keeps what is told once from being told twice."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=60)
    reason = models.CharField(max_length=10)
    detail = models.CharField(max_length=600, default="")
    author_label = models.CharField(max_length=200, default="")
    about_noun = models.CharField(max_length=60, default="")
    about_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    key = models.CharField(max_length=120, default="")
    wants_digest = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "key"], condition=~models.Q(key=""), name="told_once")
        ]
        indexes = [
            models.Index(fields=["thread", "id"], name="notice_thread"),
            models.Index(
                fields=["thread"], name="notice_for_digest", condition=models.Q(wants_digest=True, read_at__isnull=True)
            ),
        ]


class Follower(models.Model):
    """A person who wants to hear of a record though it is not theirs."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+", db_index=False)
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "ref_id", "user"], name="follows_once")]


class Reminder(models.Model):
    """A note a person leaves to themselves on a record. Gone once told."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    note = models.CharField(max_length=500, default="")
    due_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField()
