"""The Jinja2 environment: autoescape on, translations, and the few filters every page may use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import (
    date_short,
    date_words,
    hours,
    moment,
    money_short,
    money_words,
    month_words,
    number,
    time_words,
)
from wonward.edges.web.shell.markup import avatar, icon, stage_dots, tiny_icon
from wonward.edges.web.shell.render import frame_part


def build_environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend once per process."""
    options.setdefault("extensions", ["jinja2.ext.i18n"])
    options["undefined"] = StrictUndefined
    environment = Environment(**{**options, "autoescape": True})  # noqa: S701
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    environment.globals.update(
        static=lru_cache(maxsize=1024)(static), url=address_of, draw_icon=icon, draw_tiny_icon=tiny_icon,
        frame_part=frame_part, draw_avatar=avatar, draw_stage_dots=stage_dots,
    )
    environment.filters.update(
        money=money_words, money_short=money_short, date_words=date_words, date_short=date_short, time_words=time_words,
        month_words=month_words, moment=moment, hours=hours, number=number,
    )
    return environment
