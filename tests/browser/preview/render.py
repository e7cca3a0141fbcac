"""Pages of made-up data drawn by the real macros, for screenshots and for axe.

    DJANGO_SETTINGS_MODULE=wonward.config.settings PYTHONPATH=src:. python -m tests.browser.preview OUT [--shots [PAGE …]]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader
from markupsafe import Markup

from tests.browser.preview import data
from tests.browser.preview.shots import take_shots
from wonward.edges.commands.static_files import write_joined_scripts
from wonward.edges.web.shell.environment import build_environment
from wonward.edges.web.shell.navigation import NavigationGroup, NavigationItem, Shell, Viewer

HERE = Path(__file__).resolve().parent
WEB = HERE.parents[2] / "src/wonward/edges/web"
PAGES = tuple(sorted(path.stem for path in (HERE / "pages").glob("*.html")))
CURRENT = {
    "board": "Deals", "deal": "Deals", "deals_table": "Deals", "gate": "Deals", "handoffs": "Handoffs", "handoff": "Handoffs",
    "project": "Projects", "plan": "Projects", "company": "Companies", "my_work": "My work", "templates": "Templates", "import": "Import",
}


def build_shell(page: str, theme: str = "light") -> Shell:
    """The frame somebody of sales sees."""

    def item(label: str, icon: str, count: int | None = None, is_hot: bool = False) -> NavigationItem:
        return NavigationItem(label, icon, f"/{label.lower().replace(' ', '-')}/", count, is_hot, CURRENT.get(page) == label)

    navigation = (
        NavigationGroup("", (item("My work", "home", 9),)),
        NavigationGroup("Sell", (item("Deals", "columns-3", 200),)),
        NavigationGroup("Deliver", (item("Handoffs", "seam", 3, True), item("Projects", "folder-kanban", 31))),
        NavigationGroup("Clients", (item("Companies", "building-2"),)),
        NavigationGroup("Business", (item("Templates", "layers"), item("Import", "upload"))),
    )
    viewer = None if page in ("sign_in",) else Viewer("Mara Klein", "MK", 0, "Sales", "mara@halden.example")
    return Shell("Halden Studio", "token", navigation if viewer else (), viewer, theme)


@cache
def environment() -> Any:
    """The office's own environment, with addresses that lead nowhere and files below /static/."""
    made = build_environment(loader=FileSystemLoader([HERE / "pages", *sorted(WEB.glob("*/templates"))]))
    made.globals.update(
        static=lambda path: f"/static/{path}", url=lambda name, **values: f"/{name}/",
        frame_part=lambda template, shell: Markup(made.get_template(template).render(shell=shell)),  # noqa: S704
    )
    return made


def render_page(page: str, theme: str = "light") -> str:
    """The HTML of one preview page."""
    context = {name: value for name, value in vars(data).items() if not name.startswith("_")}
    return str(environment().get_template(f"{page}.html").render(shell=build_shell(page, theme), request=None, **context))


def write_pages(folder: Path) -> None:
    """Every page in both themes, and the static files beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(WEB / "static", folder / "static", dirs_exist_ok=True)
    write_joined_scripts(WEB / "static", folder / "static")
    for page in PAGES:
        for theme in ("light", "dark"):
            (folder / f"{page}-{theme}.html").write_text(render_page(page, theme), encoding="utf-8")


def main() -> int:
    """Write the pages, and pictures when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", nargs="*", default=None)
    options = parser.parse_args()
    write_pages(options.folder)
    if options.shots is not None:
        for line in take_shots(options.folder, tuple(options.shots) or PAGES):
            sys.stdout.write(line + "\n")
    return 0

