"""Joining the office's JavaScript modules into the few scripts a page loads.

The sources below `js/` stay separate ES modules that a browser can load as they are. A joined script holds several of
them, each as a function that is called once (`js/loader.js` keeps them), without comments and indentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from wonward.edges.commands.script_minifier import minify, without_comments

SHELL = ("app",)
_EVERYWHERE = ("theme", "drawer", "confirm", "forms", "live")
PARTS: Mapping[str, Sequence[str]] = {
    "record": (*_EVERYWHERE, "inline", "quoting"),
    "board": (*_EVERYWHERE, "board"),
    "plan": ("theme", "drawer", "forms", "live", "gantt"),
    "plan_change": ("gantt_save", "gantt_drag", "gantt_tools"),
    "planner": ("planner",),
    "rows": ("rows",),
    "palette": ("palette",),
}
_ALONE = ("theme-first", "seen", "passkeys")
_NOT_MODULES = ("loader", *_ALONE)
_IMPORT = re.compile(r"^import (?:\{([^}]*)\} from )?'\./(\w+)\.js';?$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function|class) (\w+))", re.MULTILINE)
_LATER = re.compile(r"\bimport\('[./\w]*?(\w+)(?:\.min)?\.js'\)")
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*|\bimport\s*[(.].*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Module:
    """A source as a function body; `needs` names the modules it imports before it runs."""

    name: str
    body: str
    needs: tuple[str, ...]


def join_scripts(static: Path) -> dict[str, str]:
    """The text of every joined script by its file name, from the folder that holds `js/` and `vendor/`.

    ValueError names what a source must not do; graphlib.CycleError tells of modules that need each other.
    """
    sources = {path.stem: path.read_text(encoding="utf-8") for path in sorted((static / "js").glob("*.js"))}
    modules = {name: read_module(name, text) for name, text in sources.items() if name not in _NOT_MODULES}
    shell = _in_order(modules, SHELL, known=())
    parts = {name: _in_order(modules, entries, known=shell) for name, entries in PARTS.items()}
    homes = {module: [name for name, held in parts.items() if module in held] for held in parts.values() for module in held}
    head = [
        (static / "vendor/htmx.min.js").read_text(encoding="utf-8").strip(),
        minify(sources["loader"]),
        f"wonward.homes={json.dumps(homes, separators=(',', ':'))};",
    ]
    return {
        "shell.js": "\n".join([*head, *_definitions(modules, shell), 'wonward.need("app");', ""]),
        **{f"{name}.js": "\n".join([*_definitions(modules, held), ""]) for name, held in parts.items()},
        **{f"{name}.js": minify(sources[name]) + "\n" for name in _ALONE if name in sources},
    }


def read_module(name: str, text: str) -> Module:
    """A module's source with its imports and exports as plain statements. ValueError for a form not known here."""
    text = without_comments(text)
    needs = tuple(dict.fromkeys(match[2] for match in _IMPORT.finditer(text)))
    exported = [match[1] for match in _EXPORT.finditer(text)]
    text = _EXPORT.sub("", _IMPORT.sub(_as_statement, text))
    text = _LATER.sub(lambda match: f'wonward.load("{match[1]}")', text)
    if stray := _LEFT_OVER.search(text):
        raise ValueError(f"{name}.js: no joined script can hold {stray[0][:80]!r}")
    return Module(name, minify(f"{text}\nreturn {{{','.join(exported)}}}"), needs)


def _as_statement(match: re.Match[str]) -> str:
    names = ",".join(part.strip().replace(" as ", ":") for part in (match[1] or "").split(",") if part.strip())
    needed = f'wonward.need("{match[2]}");'
    return f"const {{{names}}} = {needed}" if names else needed


def _in_order(modules: Mapping[str, Module], entries: Sequence[str], known: Sequence[str]) -> list[str]:
    """The entries and all they need, the needed ones first, without those known already."""
    graph: dict[str, tuple[str, ...]] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in graph and name not in known:
            graph[name] = modules[name].needs
            waiting.extend(modules[name].needs)
    return [name for name in TopologicalSorter(graph).static_order() if name not in known]


def _definitions(modules: Mapping[str, Module], names: Sequence[str]) -> list[str]:
    return [f'wonward.define("{name}",()=>{{"use strict";{modules[name].body}}});' for name in names]
