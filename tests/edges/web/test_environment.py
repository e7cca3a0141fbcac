"""Templates are compiled once, whatever process draws them first."""

from __future__ import annotations

import sys

import pytest
from django.utils.translation import gettext_lazy
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from wonward.edges.web.shell.environment import build_environment


def drawn(folder) -> str:
    return build_environment(loader=FileSystemLoader(folder)).get_template("page.html").render(name="<b>")


def test_a_later_process_compiles_nothing_and_a_changed_template_is_compiled_again(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    page = tmp_path / "page.html"
    page.write_text("Good morning, {{ name }}")
    assert drawn(tmp_path) == "Good morning, &lt;b&gt;"

    with monkeypatch.context() as later:
        later.setattr(Environment, "compile", lambda *_, **__: pytest.fail("It was compiled again."))
        assert drawn(tmp_path) == "Good morning, &lt;b&gt;"

    page.write_text("Good evening, {{ name }}")
    assert drawn(tmp_path) == "Good evening, &lt;b&gt;"


def test_pages_are_drawn_where_nothing_can_be_kept(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file, no folder")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "taken" / "compiled"))
    (tmp_path / "page.html").write_text("Hello")
    assert drawn(tmp_path) == "Hello"


def test_what_a_template_translates_may_be_somebodys_words(tmp_path):
    (tmp_path / "page.html").write_text(
        "{{ _(name) }} {{ ngettext(name, name, 2) }} {{ pgettext('menu', name) }} {{ _('Deals') }} {{ _('%(who)s & you', who=name) }}"
    )
    assert drawn(tmp_path) == "&lt;b&gt; &lt;b&gt; &lt;b&gt; Deals &lt;b&gt; &amp; you"


def test_words_that_are_translated_as_they_stand_may_hold_anything(tmp_path):
    (tmp_path / "page.html").write_text("{{ words|translated }}")
    page = build_environment(loader=FileSystemLoader(tmp_path)).get_template("page.html")
    assert page.render(words="50% <draft> %(x)s") == "50% &lt;draft&gt; %(x)s"
    assert page.render(words="") == ""


class Spoken:
    def __str__(self) -> str:
        return "<i>"


@pytest.mark.parametrize("value", ["<b> & 'x' \"y\"", Markup("<b>"), 12, -3, True, 1.5, None, Spoken(), ["<"], gettext_lazy("<u>"), type("Loud", (str,), {})("<b>")])
def test_whatever_is_printed_is_escaped_as_markup_is(value, tmp_path):
    (tmp_path / "page.html").write_text("{{ value }}{% macro said(it) %}{{ it }}{% endmacro %}{{ said(value) }}{{ said(said(value)) }}")
    page = build_environment(loader=FileSystemLoader(tmp_path)).get_template("page.html").render(value=value)
    assert page == str(escape(value)) * 3
