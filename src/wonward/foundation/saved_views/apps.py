from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "wonward.foundation.saved_views"
    label = "saved_views"
