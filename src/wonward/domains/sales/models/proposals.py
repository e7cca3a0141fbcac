"""Proposals with their versions, the links clients open, what they ask, and the contracts they sign."""

from __future__ import annotations

from django.db import models

from wonward.domains.sales.models.deals import Deal


class Proposal(models.Model):
    """What we offer on a deal. `status` is draft, sent or accepted; `current_number` its newest version."""

    number = models.CharField(max_length=20, unique=True)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="proposals")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=8, default="draft")
    current_number = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["status", "-updated_at", "-id"], name="proposal_recent")]


class ProposalVersion(models.Model):
    """One version; frozen once sent. `content` holds the words and lines, see `rules.proposals`."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    currency = models.CharField(max_length=3)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=160, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_once")]


class ProposalLink(models.Model):
    """The way in for a client; only the digest of its token is kept. Opening is counted only when `is_tracked`."""

    version = models.ForeignKey(ProposalVersion, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    recipient = models.CharField(max_length=200, default="")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    is_tracked = models.BooleanField(default=False)
    opens = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class ProposalComment(models.Model):
    """A question or an answer on a proposal."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="comments")
    author = models.CharField(max_length=160)
    is_client = models.BooleanField()
    text = models.TextField()
    created_at = models.DateTimeField()


class Contract(models.Model):
    """A signed version: who, when, from where, which document by its hash, and what was chosen."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="contract")
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="contracts")
    number = models.PositiveSmallIntegerField()
    signer_name = models.CharField(max_length=200)
    signer_email = models.CharField(max_length=254, default="")
    signer_address = models.CharField(max_length=64, default="")
    document_sha256 = models.CharField(max_length=64)
    document_id = models.BigIntegerField(null=True)
    content = models.JSONField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    signed_at = models.DateTimeField()
