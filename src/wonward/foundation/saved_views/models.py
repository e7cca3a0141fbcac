"""Saved views, who pinned which, and which records somebody keeps at hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, QuerySet

from wonward.kernel.actor import Actor


class SavedViewQuerySet(QuerySet["SavedView"]):
    """Who finds which view."""

    def visible_to(self, actor: Actor) -> SavedViewQuerySet:
        """One's own, those of one's team, and those for everyone."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        seen = Q(owner_id=actor.user_id) | Q(audience="everyone")
        if actor.team_id is not None:
            seen |= Q(audience="team", team_id=actor.team_id)
        return self.filter(seen)


class SavedView(models.Model):
    """A named way of looking at the list `list_key`; `state` as rules.pack writes it. `team` is set for the audience team."""

    list_key = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    audience = models.CharField(max_length=10, default="private")
    team = models.ForeignKey("access.Team", models.SET_NULL, null=True, related_name="+")
    state = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "list_key", "name"], name="one_view_per_name")]
        indexes = [models.Index(fields=["list_key", "audience"], name="saved_view_list")]


class PinnedView(models.Model):
    """A view somebody keeps in their left rail."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="pins")
    pinned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="one_pin_per_view")]


class PinnedRecord(models.Model):
    """A single record somebody keeps in their left rail and at the top of the palette."""

    user = models.ForeignKey("access.User", models.CASCADE, related_name="+", db_index=False)
    noun = models.CharField(max_length=40)
    ref_id = models.BigIntegerField()
    pinned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "noun", "ref_id"], name="one_pin_per_record")]
        indexes = [models.Index(fields=["noun", "ref_id"], name="pinned_record")]
