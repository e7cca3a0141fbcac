"""Wires the packages at start: their permissions, nouns, handlers and jobs register themselves on import."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext, override

from wonward.config.thread_locals import keep_with_threads
from wonward.foundation.organisation.rules import day_within_words
from wonward.kernel.wording import speak_with

DOORS_WITH_JOBS = ("wonward.edges.commands.jobs",)
ROOMS = ("permissions", "nouns", "handlers", "jobs", "invariants")


class WiringConfig(AppConfig):
    name = "wonward.config"
    label = "wiring"

    def ready(self) -> None:
        keep_with_threads()
        speak_with(gettext, override, day_within_words)
        for package in settings.INSTALLED_APPS:
            if package.startswith("wonward.") and not package.startswith("wonward.config"):
                for room in ROOMS:
                    if find_spec(f"{package}.{room}"):
                        import_module(f"{package}.{room}")
        for door in DOORS_WITH_JOBS:
            import_module(door)
