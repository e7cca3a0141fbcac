from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wonward.foundation.audit"
    label = "audit"
