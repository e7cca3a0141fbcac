from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "wonward.journeys.capacity"
    label = "capacity"
