from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "wonward.journeys.automation"
    label = "automation"
