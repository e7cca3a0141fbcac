from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "wonward.foundation.access"
    label = "access"
