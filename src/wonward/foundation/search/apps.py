from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "wonward.foundation.search"
    label = "search"
