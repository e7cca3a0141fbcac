from django.apps import AppConfig


class HandoffConfig(AppConfig):
    name = "wonward.journeys.handoff"
    label = "handoff"
