from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "wonward.foundation.jobs"
    label = "jobs"
