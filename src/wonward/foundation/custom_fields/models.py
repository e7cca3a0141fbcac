"""Fields of nouns, their values one row each in a column of their type, and what asks for them."""

from __future__ import annotations

from django.db import models


class FieldDefinition(models.Model):
    """A field of a noun. Deleted ones keep their values until they are restored or swept away."""

    noun = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    choices = models.JSONField(default=list)
    hint = models.CharField(max_length=200, default="")
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="one_field_per_key")]


class FieldValue(models.Model):
    """A value of a field on the record `ref_id` of the field's noun; tags have several rows."""

    field = models.ForeignKey(FieldDefinition, models.CASCADE, related_name="values", db_index=False)
    ref_id = models.BigIntegerField()
    text_value = models.CharField(max_length=500, default="")
    number_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date_value = models.DateField(null=True)
    whole_value = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["field", "ref_id", "text_value"], name="one_value_per_field")]
        indexes = [
            models.Index(fields=["field", "text_value"], name="field_value_text"),
            models.Index(fields=["field", "number_value"], name="field_value_number"),
            models.Index(fields=["field", "date_value"], name="field_value_date"),
            models.Index(fields=["field", "whole_value"], name="field_value_whole"),
        ]


class FieldRequirement(models.Model):
    """The record `place` (a stage of a pipeline, say) lets nothing in without this field."""

    field = models.ForeignKey(FieldDefinition, models.CASCADE, related_name="requirements")
    place_noun = models.CharField(max_length=60)
    place_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["field", "place_noun", "place_id"], name="one_requirement_per_place")]
        indexes = [models.Index(fields=["place_noun", "place_id"], name="field_requirement_place")]
