from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "wonward.journeys.promises"
    label = "promises"
