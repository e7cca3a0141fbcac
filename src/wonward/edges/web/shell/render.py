"""Rendering pages and parts of pages with the shell around them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils.translation import trans_real
from jinja2 import Template
from markupsafe import Markup

from wonward.edges.web.shell.navigation import Shell, shell_of
from wonward.edges.web.shell.pages import is_fragment
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import heard

log = logging.getLogger("wonward.web")
_SPOKEN: ContextVar[object] = ContextVar("spoken", default=None)


def spoken_catalogue() -> object:
    """The words of the active language; while a page is drawn it stays what it was when that began."""
    return _SPOKEN.get() or trans_real.catalog()


@contextmanager
def _in_one_language() -> Iterator[None]:
    """Asking which language is active is most of what a translated word costs, and a page asks a hundred times."""
    token = _SPOKEN.set(trans_real.catalog())
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, block: str = "", status: int = 200
) -> HttpResponse:
    """A whole page, or one of its blocks when htmx asks for a part and `block` names it."""
    compiled = _template(template)
    values = {**context, "request": request}
    if block and is_fragment(request):
        values["shell"] = shell_of(request, with_counts=False)
        return HttpResponse(_block_of(compiled, block, values), status=status)
    values["shell"] = shell_of(request)
    with _in_one_language():
        page = compiled.render(values)
    return HttpResponse(page, status=status)


def render_block(request: HttpRequest, template: str, block: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """One block of a template, whoever asks."""
    values = {**context, "request": request, "shell": shell_of(request, with_counts=False)}
    return HttpResponse(_block_of(_template(template), block, values), status=status)


def _block_of(compiled: Template, block: str, values: dict[str, Any]) -> str:
    with _in_one_language():
        return "".join(compiled.blocks[block](compiled.new_context(values)))


def frame_part(template: str, shell: Shell) -> Markup:
    """A part of the frame that shows only where one can go; drawn once for all pages of which that is the same."""
    return _drawn(template, Shell(shell.organisation_name, "", shell.navigation, language=shell.language,
                                  keyboard_is_on=shell.keyboard_is_on, has_logo=shell.has_logo, has_delivery=shell.has_delivery, has_sales=shell.has_sales,
                                  actions=shell.actions, has_pinned_records=shell.has_pinned_records))


@lru_cache(maxsize=256)
def _drawn(template: str, shell: Shell) -> Markup:
    return Markup(_template(template).render({"shell": shell}))  # noqa: S704 - a template of ours, autoescaped


@lru_cache(maxsize=64)
def macro_of(template: str, name: str) -> Callable[..., Markup]:
    """A macro as a function, for parts that are drawn one by one and kept."""
    found: Callable[..., Markup] = getattr(_template(template).module, name)
    return found


def error_response(
    request: HttpRequest, status: int, message: str, errors: Sequence[FieldError] = ()
) -> HttpResponse:
    """A refusal as a page, or as a fragment that htmx shows where it stands."""
    context = {"status": status, "message": heard(message), "errors": errors}
    if is_fragment(request):
        return render_block(request, "shell/error.html", "fragment", context, status=status)
    try:
        return render(request, "shell/error.html", context, status=status)
    except Exception:
        if status < 500:
            raise
        log.exception("the error page failed as well")
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


def _template(name: str) -> Template:
    backend: Any = engines["jinja2"]
    return backend.env.get_template(name)
