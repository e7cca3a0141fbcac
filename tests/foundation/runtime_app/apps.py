from importlib import import_module

from django.apps import AppConfig


class RuntimeAppConfig(AppConfig):
    name = "tests.foundation.runtime_app"
    label = "runtime_app"

    def ready(self):
        for room in ("events", "jobs"):
            import_module(f"wonward.foundation.{room}.permissions")
        for room in ("handlers", "jobs", "nouns"):
            import_module(f"tests.foundation.runtime_app.{room}")
        import_module("wonward.foundation.jobs.jobs")
