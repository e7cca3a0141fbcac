from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "wonward.journeys.imports"
    label = "imports"
