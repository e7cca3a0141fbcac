from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "wonward.foundation.realtime"
    label = "realtime"
