"""Batches, their rows in chunks, and what became of each row."""

from __future__ import annotations

from django.db import models


class ImportBatch(models.Model):
    """One file of one kind. JSON columns hold what `types.BatchRow` shows; `formats` and `choices` how rows are read."""

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    title = models.CharField(max_length=200, default="")
    source = models.CharField(max_length=40)
    status = models.CharField(max_length=8, default="staged")
    author = models.ForeignKey("access.User", models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=160)
    is_by_system = models.BooleanField(default=False)
    token_scopes = models.JSONField(null=True)
    currency = models.CharField(max_length=3)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    formats = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    values = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    problem_groups = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    expected = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0)
    kept = models.JSONField(default=list)
    undo_counts = models.JSONField(default=dict)
    failure = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["author", "-id"], name="import_author"),
            models.Index(fields=["status"], name="import_running", condition=models.Q(status="running")),
        ]


class SavedMapping(models.Model):
    """Choices somebody kept for the next file of the same kind. `headers` as `rules.words.header_key` gives them, `choices` has the keys of `types.Choices`."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    headers = models.JSONField()
    choices = models.JSONField()
    author = models.ForeignKey("access.User", models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_mapping_per_name")]


class ImportChunk(models.Model):
    """Up to 500 rows that are applied in one transaction, in order of `position`.

    `rows` holds [row number, cells, record or null, external id, has own id, why it is left out] for each.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    rows = models.JSONField()
    row_count = models.PositiveIntegerField()
    applied_at = models.DateTimeField(null=True)
    linked_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="import_chunk_once")]


class ImportOutcome(models.Model):
    """What became of one row. `record` and `digest` tell, when the row comes again, what has changed in the file."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="outcomes")
    row = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=160)
    status = models.CharField(max_length=10)
    noun = models.CharField(max_length=60, default="")
    ref_id = models.BigIntegerField(null=True)
    ref_version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=32, default="")
    record = models.JSONField(null=True)
    message = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="import_row_once")]
        indexes = [models.Index(fields=["kind", "external_id", "id"], name="import_ledger")]


class ImportSideRecord(models.Model):
    """A record an import made on the way, such as the company a deal names."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="side_records")
    noun = models.CharField(max_length=60)
    ref_id = models.BigIntegerField()
    ref_version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=300)
    status = models.CharField(max_length=10, default="created")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "noun", "ref_id"], name="import_side_record_once")]


class ImportErrand(models.Model):
    """A next action an import gave a deal that was there before it. `former` and `given` hold kind, due date, note and owner id."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="errands")
    noun = models.CharField(max_length=60, default="sales.deal")
    ref_id = models.BigIntegerField()
    former = models.JSONField()
    given = models.JSONField()
    status = models.CharField(max_length=10, default="created")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "noun", "ref_id"], name="import_errand_once")]
