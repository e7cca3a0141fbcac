from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "wonward.journeys.house"
    label = "house"
