"""The Jinja2 environment: autoescape on, translations, and the few filters every page may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from types import FunctionType
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from wonward import __version__
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import (
    date_short,
    date_words,
    day_of,
    hours,
    moment,
    money_short,
    money_words,
    month_words,
    number,
    time_words,
)
from wonward.edges.web.shell.markup import avatar, icon, printed, stage_dots, tiny_icon
from wonward.edges.web.shell.render import frame_part, spoken_catalogue
from wonward.kernel.wording import heard


def _compiled_templates() -> FileSystemBytecodeCache | None:
    """Templates compiled by an earlier process: compiling all that a page needs takes longer than drawing it fifty times.

    They lie where compiled Python lies when that has a place of its own, else in the data directory; None where neither can be
    written. A template that has changed is compiled again.
    """
    folder = Path(sys.pycache_prefix) if sys.pycache_prefix else Path(settings.STATIC_ROOT).parent / "cache"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder), f"template-printed-{__version__}-%s.bin") if os.access(folder, os.W_OK) else None


def _escaped(translate: Callable[..., str]) -> Callable[..., str]:
    """What a template translates may be somebody's words, `_(name)`, and Jinja takes whatever comes back for markup of ours."""

    @wraps(translate)
    def escaped(*words: Any) -> Markup:
        return escape(translate(*words))

    return escaped


@lru_cache(maxsize=8192)
def _in_words_of(catalogue: object, text: str) -> Markup:
    """A text of a template in the language of the loaded catalogue, which is active; each is asked for it once."""
    del catalogue
    return escape(translation.gettext(text))


@lru_cache(maxsize=8192)
def _whole_words_of(catalogue: object, text: str) -> Markup:
    """A text without values, finished."""
    return _in_words_of(catalogue, text) % {}


def _said(text: str, /, **given: Any) -> Markup:
    """What `_` says in templates, with its values put in and escaped; a percent sign is written twice, as in every message."""
    return _in_words_of(spoken_catalogue(), text) % given if given else _whole_words_of(spoken_catalogue(), text)


def _translated(words: str) -> Markup:
    """Somebody's words, or a name that we gave and therefore know in other languages; nothing is put into them."""
    return escape(translation.gettext(words) if words else "")


class _PlainContext(Context):
    """Calls macros and plain functions, which are nearly all that templates call, without asking each what it wants to be given."""

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(called) is Macro:
            args = (self.eval_ctx, *args)
        elif type(called) is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class _SharedModule(Template):
    """Imported macros see the globals of the one environment, so that every import of a file is the same module."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module if self._module is not None else super()._get_default_module()


class _Pages(Environment):
    context_class = _PlainContext
    template_class = _SharedModule

    def _generate(self, *args: Any, **kwargs: Any) -> str:
        """What a template prints goes through `printed`; the first line of the compiled text brings Jinja's own `escape`."""
        first, rest = super()._generate(*args, **kwargs).split("\n", 1)
        return f"{first}\nfrom {printed.__module__} import {printed.__name__} as escape\n{rest}"


def build_environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend once per process."""
    options.setdefault("extensions", ["jinja2.ext.i18n"])
    options["undefined"] = StrictUndefined
    options["bytecode_cache"] = _compiled_templates()
    environment = _Pages(**{**options, "autoescape": True})  # noqa: S701
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _escaped(translation.gettext), _escaped(translation.ngettext), newstyle=True, pgettext=_escaped(translation.pgettext),
        npgettext=_escaped(translation.npgettext),
    )
    environment.globals.update(_=_said, gettext=_said)
    environment.globals.update(
        static=lru_cache(maxsize=1024)(static), url=address_of, draw_icon=icon, draw_tiny_icon=tiny_icon,
        frame_part=frame_part, draw_avatar=avatar, draw_stage_dots=stage_dots, heard=heard,
    )
    environment.filters.update(
        money=money_words, money_short=money_short, date_words=date_words, date_short=date_short, day_of=day_of, time_words=time_words,
        month_words=month_words, moment=moment, hours=hours, number=number, translated=_translated,
    )
    return environment
