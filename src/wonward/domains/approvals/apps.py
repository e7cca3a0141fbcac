from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "wonward.domains.approvals"
    label = "approvals"
