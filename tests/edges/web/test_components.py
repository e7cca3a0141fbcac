"""The look: every macro draws, nothing breaks the content policy, and the sheets stay small."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from tools.vendor_assets import find_differences, read_manifest

from tests.browser.preview.render import HERE, PAGES, WEB, render_page

COMPONENTS = sorted((WEB / "shell/templates/shell/components").glob("*.html"))
CSS = WEB / "static/css"
AREAS = sorted(path for path in CSS.iterdir() if path.is_dir())
PAGE_SHEETS = 15_000


def macros_of(path: object) -> list[str]:
    """The names a component file defines."""
    return re.findall(r"{%-? macro (\w+)", path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_a_preview_page_draws_with_the_real_environment(page: str) -> None:
    html = render_page(page)
    assert html.rstrip().endswith("</html>")
    assert " style=" not in html
    assert not re.search(r"\son[a-z]+=", re.sub(r'"[^"]*"', '""', html))
    assert "<script>" not in html


@pytest.mark.parametrize("page", PAGES)
def test_no_id_stands_twice_on_a_page(page: str) -> None:
    html = re.sub(r"<template.*?</template>", "", render_page(page), flags=re.DOTALL)
    ids = sorted(re.findall(r'\sid="([^"]+)"', html))
    assert [first for first, second in pairwise(ids) if first == second] == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_macro_is_explained_where_it_stands(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    head = text[:text.index("#}")]
    inner = {"controls", "attributes", "id_of", "label_of", "below", "described", "options_of", "_icon", "icon_tiny", "decide",
             "column_look", "column_name", "track_svg", "bar"}
    assert [name for name in macros_of(path) if name not in inner and name not in head] == []


def test_every_macro_file_is_in_the_index() -> None:
    index = (COMPONENTS[0].parent / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in COMPONENTS if path.name not in index] == []


def test_every_icon_named_by_a_component_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'symbol id="([\w-]+)"', (WEB / "static/icons.svg").read_text(encoding="utf-8")))
    used = {name for page in PAGES for name in re.findall(r"icons\.svg#([\w-]+)", render_page(page))}
    assert sorted(used - drawn) == []


def test_vendored_files_are_the_pinned_ones() -> None:
    assert find_differences(read_manifest()) == []


def test_the_sheets_are_joined_from_their_sources() -> None:
    checked = subprocess.run([sys.executable, str(HERE.parents[2] / "tools/assemble_css.py"), "--check"], check=False, capture_output=True, text=True)  # noqa: S603
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("area", [path for path in AREAS if path.name != "shell"], ids=lambda path: path.name)
def test_the_sheets_of_a_page_stay_small(area: object) -> None:
    sheets = [CSS / "shell.css", CSS / f"{area.name}.css"]  # type: ignore[attr-defined]
    assert sum(len(gzip.compress(sheet.read_bytes(), 9)) for sheet in sheets) <= PAGE_SHEETS


def test_sheets_speak_of_start_and_end_and_shout_only_in_utilities() -> None:
    for path in sorted(CSS.glob("*/*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "!important" not in text, path.name
        physical = r"(?<![\w-])(margin|padding|border)-(left|right|top|bottom)\b|(?<![\w-])(left|right|top|bottom|width|height):"
        assert re.findall(physical, text.replace("(max-width:", "(").replace("(min-width:", "(")) == [], path.name
