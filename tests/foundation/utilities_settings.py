"""The least settings the file, mail and search packages need, until the product's settings load whole."""

from __future__ import annotations

import os

from wonward.config.environment import read_environment

ENV = read_environment(os.environ)
SECRET_KEY = "only-for-tests"
DATA_DIR = ENV.data_dir
BASE_URL = ENV.base_url
DATABASES = {
    "default": {
        **ENV.database,
        "ENGINE": ENV.database["ENGINE"]
        .replace("wonward.foundation.database", "django.db.backends")
        .replace("sqlite", "sqlite3"),
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "wonward.foundation.access",
    "wonward.foundation.files",
    "wonward.foundation.mail",
    "wonward.foundation.search",
]
AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
EMAIL_URL = ENV.smtp_url
