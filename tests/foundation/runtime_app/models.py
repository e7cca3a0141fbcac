from django.db import models


class Effect(models.Model):
    """What a handler or job did; `key` is not unique on purpose: a second effect must be countable."""

    handler = models.CharField(max_length=80)
    key = models.IntegerField()


class Unique(models.Model):
    key = models.IntegerField(unique=True)


class Record(models.Model):
    """Something people may see: `viewer_id` does."""

    viewer_id = models.IntegerField()
