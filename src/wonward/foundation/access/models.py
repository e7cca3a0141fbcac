"""Sign-ins and what they carry. A User signs in; who works is a Person, one floor up."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Team(models.Model):
    """People who work for the same lead. `overrides` maps permission to reach and wins over the access role's."""

    name = models.CharField(max_length=120, unique=True)
    overrides = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class AccessRole(models.Model):
    """A named set of rights. Defaults live in the code; `overrides` maps permission to reach."""

    key = models.CharField(max_length=40, unique=True)
    overrides = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A sign-in: e-mail, password, access role, second factor and personal settings.

    Raising `session_epoch` ends every session. `factor_secret` is set once a second factor is on; `factor_step` is the last
    time step whose code was taken, so that no code works twice.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=160)
    access_role = models.ForeignKey(AccessRole, models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=8, default="system")
    density = models.CharField(max_length=8, default="normal")
    keyboard_is_on = models.BooleanField(default=True)
    checklist_is_on = models.BooleanField(default=True)
    week_start = models.PositiveSmallIntegerField(default=0)
    session_epoch = models.PositiveIntegerField(default=1)
    factor_secret = models.CharField(max_length=64, default="")
    factor_step = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [models.Index(fields=["access_role"], name="user_access_role")]

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A bearer token; only its digest is kept. `scopes` null means all the user may do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInAttempt(models.Model):
    """A failed sign-in, counted before any password is hashed."""

    email_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["email_digest", "happened_at"], name="attempt_email"),
            models.Index(fields=["address", "happened_at"], name="attempt_address"),
        ]


class IdempotentReply(models.Model):
    """The answer first given to an `Idempotency-Key`, so that a repeat changes nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(default="")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_reply_per_key")]


class SignIn(models.Model):
    """One signed-in browser; the session carries its id and dies with `ended_at`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=64, default="")
    browser = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "created_at"], name="sign_in_user")]


class AccessLink(models.Model):
    """A single-use link sent by mail, to accept an invitation or to set a new password; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code that stands in for the second factor once; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A key pair of an authenticator; here lies its public half, as COSE in base64.

    `sign_count` only grows, where the authenticator counts at all. `last_challenge` is the digest of the challenge answered last.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.BigIntegerField(default=0)
    last_challenge = models.CharField(max_length=64, default="")
    is_synced = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
