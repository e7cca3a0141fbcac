"""The parts of the law that are read from the source text: clocks, annotations, plain Python, job names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.check_sizes import functions, python_files

CLOCKS = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "django.utils.timezone.now",
        "django.utils.timezone.localtime",
        "django.utils.timezone.localdate",
        "django.db.models.functions.Now",
        "django.db.models.functions.datetime.Now",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
    }
)
# In the utilities, loops and connections read the clock; everything that is called with `now` does not.
_TIMELESS_ROOMS = frozenset(
    [
        "operations",
        "queries",
        "models",
        "handlers",
        "jobs",
        "rules",
        "permissions",
        "types",
        "events",
        "nouns",
        "invariants",
        "policy",
        "registry",
        "bus",
        "storage",
        "index",
    ]
)
_OUTSIDE_WORLD = frozenset(
    [
        "asyncio",
        "ctypes",
        "ftplib",
        "glob",
        "http",
        "imaplib",
        "io",
        "multiprocessing",
        "os",
        "pathlib",
        "poplib",
        "shutil",
        "smtplib",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "urllib",
    ]
)
_LIBRARIES_OF_ENGINES = frozenset({"numpy", "ortools", "numba", "wonward"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach: where, and what."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def _parse(path: Path) -> ast.Module:
    return _parsed(path.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> ast.Module:
    """What several checks read of one file; nobody changes it."""
    return ast.parse(text)


def _place(root: Path, path: Path) -> tuple[str, ...]:
    return path.relative_to(root / "src" / "wonward").with_suffix("").parts


def _names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, anywhere in the file: `{"dt": "datetime.datetime"}`."""
    meaning: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                meaning[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                meaning[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return meaning


def _dotted(node: ast.expr, meaning: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return meaning.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, meaning)
        return f"{before}.{node.attr}" if before else ""
    return ""


def is_timeless(place: tuple[str, ...]) -> bool:
    """Whether the law keeps the clock out of this module: all floors below the edges, worker loops excepted."""
    if place[0] in ("kernel", "engines", "domains", "journeys"):
        return True
    return place[0] == "foundation" and len(place) > 2 and place[2] in _TIMELESS_ROOMS


def clock_faults(root: Path) -> Iterator[Fault]:
    """Reads of the wall clock, by call, by reference (`default=timezone.now`) or by `auto_now`."""
    for path in python_files(root / "src" / "wonward"):
        if not is_timeless(_place(root, path)):
            continue
        tree = _parse(path)
        meaning = _names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and _dotted(node, meaning) in CLOCKS:
                yield Fault(
                    path, node.lineno, f"reads the clock ({_dotted(node, meaning)}); take now or today."
                )
            elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                yield Fault(path, node.value.lineno, f"{node.arg} reads the clock; take now as an argument.")


def annotation_faults(root: Path) -> Iterator[Fault]:
    """Functions with a parameter or a result that has no type."""
    for path in python_files(root / "src" / "wonward"):
        for node in functions(_parse(path)):
            every = node.args
            extra = [one for one in (every.vararg, every.kwarg) if one]
            bare = [
                one.arg
                for one in (*every.posonlyargs, *every.args, *every.kwonlyargs, *extra)
                if one.annotation is None and one.arg not in ("self", "cls", "_")
            ]
            if bare or node.returns is None:
                yield Fault(
                    path,
                    node.lineno,
                    f"{node.name} leaves untyped: {', '.join([*bare, *(['result'] if node.returns is None else [])])}.",
                )


def _imported_roots(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]


def impure_faults(root: Path) -> Iterator[Fault]:
    """The kernel uses the standard library only; engines add numpy and OR-Tools; neither touches the outside world."""
    for path in python_files(root / "src" / "wonward"):
        floor = _place(root, path)[0]
        if floor not in ("kernel", "engines"):
            continue
        allowed = {"wonward"} if floor == "kernel" else _LIBRARIES_OF_ENGINES
        for line, name in _imported_roots(_parse(path)):
            if name not in allowed and name not in sys.stdlib_module_names:
                yield Fault(path, line, f"imports {name}; {floor} is plain Python.")
            elif name in _OUTSIDE_WORLD:
                yield Fault(path, line, f"imports {name}; {floor} has no input or output.")


def _first_text(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def job_faults(root: Path) -> Iterator[Fault]:
    """Jobs are enqueued by a literal name that some `@job("…")` registers."""
    registered: set[str] = set()
    enqueued: list[tuple[Path, int, str | None]] = []
    for path in python_files(root / "src" / "wonward"):
        text = path.read_text(encoding="utf-8")
        if "enqueue" not in text and "job" not in text:
            continue
        tree = _parse(path)
        is_jobs_itself = _place(root, path)[:2] == ("foundation", "jobs")
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if _called(node) == "job" and (name := _first_text(node)):
                registered.add(name)
            elif _called(node) == "enqueue" and not is_jobs_itself:
                enqueued.append((path, node.lineno, _first_text(node)))
    for path, line, name in enqueued:
        if name is None:
            yield Fault(path, line, "enqueues a job whose name is not written out.")
        elif name not in registered:
            yield Fault(path, line, f"enqueues {name}, which no job registers.")
