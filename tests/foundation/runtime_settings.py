"""Settings with only the packages of the runtime, for its tests and their subprocesses."""

import os

from wonward.config.environment import read_environment

os.environ.setdefault("WONWARD_SECRET_KEY", "only-for-the-tests-of-the-runtime-0123456789")
ENV = read_environment(os.environ)

SECRET_KEY = ENV.secret_key
DATA_DIR = ENV.data_dir
ALLOWED_HOSTS = ENV.allowed_hosts
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_tasks",
    "django_tasks_db",
    "wonward.foundation.access",
    "wonward.foundation.events",
    "wonward.foundation.jobs",
    "wonward.foundation.realtime",
]
AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": ENV.database}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
ROOT_URLCONF = "tests.foundation.runtime.site"
USE_TZ = True
