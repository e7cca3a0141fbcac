from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "wonward.journeys.insights"
    label = "insights"
