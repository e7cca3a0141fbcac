from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "wonward.foundation.notifications"
    label = "notifications"
