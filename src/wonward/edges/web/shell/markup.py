"""The small parts every row draws, written once per look: icons and portraits are asked for hundreds of times a page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from markupsafe import Markup, _escape_inner, escape


def printed(value: Any) -> str:
    """What stands in a page for a value, escaped as `escape` does it, without wrapping once more what is only put into a page."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value
    return str(value) if kind is int else escape(value)


@lru_cache(maxsize=2048)
def icon(name: str, size: str = "", label: str = "") -> Markup:
    """A picture of the sprite; `size` "" | "small" | "tiny" | "large"; a label makes it speak, else it is hidden."""
    look = Markup(" icon--%s") % size if size else ""
    voice = Markup('role="img" aria-label="%s"') % label if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon%s" %s><use href="%s#%s"/></svg>') % (look, voice, static("icons.svg"), name)


def tiny_icon(name: str) -> Markup:
    """The smallest size, silent."""
    return icon(name, "tiny")


@lru_cache(maxsize=4096)
def avatar(name: str, initials: str, tone: int = 0, kind: str = "person", size: str = "") -> Markup:
    """Initials on a colour; `kind` "person" (ours) | "client" (their people) | "company"; `size` "" | "small" | "large"."""
    looks = "".join(f" avatar--{escape(word)}" for word in (kind if kind != "person" else "", size) if word)
    return Markup('<span class="avatar avatar--tone-%s%s" role="img" aria-label="%s" title="%s">%s</span>') % (
        tone, Markup(looks), name, name, initials,  # noqa: S704 - its parts are escaped above
    )


@lru_cache(maxsize=2048)
def stage_dots(position: int, total: int, name: str) -> Markup:
    """How far along the open stages a deal is, for tables."""
    dots = Markup("").join(
        Markup('<span class="stage-dots__dot%s"></span>') % (" stage-dots__dot--on" if dot < position else "")
        for dot in range(total)
    )
    return Markup('<span class="row"><span class="stage-dots" aria-hidden="true">%s</span>%s</span>') % (dots, name)
