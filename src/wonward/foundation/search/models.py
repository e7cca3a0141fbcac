"""The index. Its full-text structures are made by the migrations, for each database its own."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One record as it can be found. `words` holds folded words, `body` the stems of the text and of those words: not text to show.

    On SQLite triggers copy both into the tables `search_words` and `search_trigrams`: a migration that rebuilds
    this table there must create the triggers again. On PostgreSQL the column `vector` is generated from them,
    and the index `search_entry_words` holds it together with the lot an entry belongs to.
    """

    ref_noun = models.CharField(max_length=64)
    ref_id = models.BigIntegerField()
    title = models.CharField(max_length=500)
    subtitle = models.CharField(max_length=500, default="")
    number = models.CharField(max_length=40, default="")
    words = models.TextField()
    body = models.TextField(default="")
    happened_at = models.DateTimeField(null=True)
    privacy = models.CharField(max_length=10, default="internal")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ref_noun", "ref_id"], name="one_entry_per_record")]
        indexes = [
            models.Index(fields=["number"], name="entry_number", condition=~models.Q(number="")),
        ]


class Renewal(models.Model):
    """One row: by which version of the words the whole index is written, which one is being written, and up to which entry."""

    version = models.PositiveIntegerField()
    writing = models.PositiveIntegerField()
    after = models.BigIntegerField(default=0)
