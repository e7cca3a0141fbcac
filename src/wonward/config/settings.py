"""Django's settings, read from the environment promised in the documentation. No logic lives here."""

from __future__ import annotations

import os
from pathlib import Path

from wonward.config.environment import read_environment

ENV = read_environment(os.environ)

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
DATA_DIR = ENV.data_dir
BACKUP_DIR = ENV.backup_dir
BASE_URL = ENV.base_url
TRUSTED_PROXIES = ENV.trusted_proxies
IS_LOCAL_MODE = ENV.is_local_mode

_SRC = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "wonward.foundation.access",
    "wonward.foundation.organisation",
    "wonward.foundation.audit",
    "wonward.foundation.events",
    "wonward.foundation.jobs",
    "wonward.foundation.files",
    "wonward.foundation.mail",
    "wonward.foundation.notifications",
    "wonward.foundation.webhooks",
    "wonward.foundation.search",
    "wonward.foundation.realtime",
    "wonward.foundation.saved_views",
    "wonward.foundation.custom_fields",
    "wonward.domains.staff",
    "wonward.domains.clients",
    "wonward.domains.comms",
    "wonward.domains.catalog",
    "wonward.domains.marketing",
    "wonward.domains.approvals",
    "wonward.domains.sales",
    "wonward.domains.delivery",
    "wonward.domains.finance",
    "wonward.journeys.promises",
    "wonward.journeys.handoff",
    "wonward.journeys.capacity",
    "wonward.journeys.client_record",
    "wonward.journeys.insights",
    "wonward.journeys.automation",
    "wonward.journeys.imports",
    "wonward.journeys.house",
    "wonward.config.apps.WiringConfig",
]

MIDDLEWARE = [
    "wonward.config.proxies.sender_of_request",
    "wonward.edges.web.shell.middleware.security_headers",
    "wonward.edges.web.shell.compression.compressed_pages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "wonward.edges.web.shell.middleware.typed_text",
    "wonward.edges.web.shell.middleware.read_once",
    "wonward.edges.web.shell.middleware.signed_in_actor",
    "wonward.edges.web.shell.middleware.refusals",
]

ROOT_URLCONF = "wonward.config.urls"
WSGI_APPLICATION = "wonward.config.wsgi.application"
AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(str(path) for path in _SRC.glob("edges/*/**/templates")),
        "APP_DIRS": False,
        "OPTIONS": {"environment": "wonward.edges.web.shell.environment.build_environment"},
    },
]

DATABASES = {"default": ENV.database}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

STATIC_URL = "/static/"
STATICFILES_DIRS = [str(path) for path in _SRC.glob("edges/*/static")]
STATIC_ROOT = str(ENV.data_dir / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 300

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGES = [("en", "English"), ("en-gb", "English (UK)"), ("de", "Deutsch")]
# A house may bring a language of its own, or better words, in its data directory.
LOCALE_PATHS = [str(ENV.data_dir / "locale"), str(_SRC / "edges" / "web" / "locale")]

SESSION_ENGINE = "wonward.foundation.access.sessions"
SESSION_COOKIE_NAME = "__Host-session" if ENV.is_https else "session"
SESSION_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.is_https else "csrf"
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [ENV.base_url]
CSRF_FAILURE_VIEW = "wonward.edges.web.shell.wrong_doors.show_stale_form"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# The template editor sends its whole outline: ten fields for each of at most 500 rows.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024

EMAIL_URL = ENV.smtp_url
SILENCED_SYSTEM_CHECKS = ["security.W003"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "wonward.config.logs.PlainLines", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "wonward.config.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if os.environ.get("WONWARD_LOG_FORMAT") == "json" else "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("WONWARD_LOG_LEVEL", "WARNING")},
}
