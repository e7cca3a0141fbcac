from django.db import models


class Effect(models.Model):
    """What a handler or job did; nothing is unique on purpose: a second effect must be countable."""

    handler = models.CharField(max_length=80)
    key = models.IntegerField()

    class Meta:
        app_label = "runtime"


class Single(models.Model):
    """Two of the same key are an IntegrityError."""

    key = models.IntegerField(unique=True)

    class Meta:
        app_label = "runtime"


class Record(models.Model):
    """Something people may see: the one with `viewer_id` does."""

    viewer_id = models.IntegerField()

    class Meta:
        app_label = "runtime"


ALL = (Effect, Single, Record)
