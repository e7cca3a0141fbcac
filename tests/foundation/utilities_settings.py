"""The least settings the file, mail and search packages need, to test them without the rest of the product."""

from __future__ import annotations

import os

from wonward.config.environment import read_environment

ENV = read_environment(os.environ)
SECRET_KEY = ENV.secret_key
DATA_DIR = ENV.data_dir
BASE_URL = ENV.base_url
DATABASES = {"default": ENV.database}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_tasks",
    "django_tasks_db",
    "wonward.foundation.access",
    "wonward.foundation.events",
    "wonward.foundation.jobs",
    "wonward.foundation.files",
    "wonward.foundation.mail",
    "wonward.foundation.search",
    "wonward.config.apps.WiringConfig",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
EMAIL_URL = ENV.smtp_url
