"""Runs the import contracts and ruff's bans over this tree, or over a copy with something planted in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_tree(target: Path) -> Path:
    """The product's source and its law, without tests, in a folder of its own."""
    ignore = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(ROOT / "src" / "wonward", target / "src" / "wonward", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", target / "pyproject.toml")
    return target


def plant(root: Path, module: str, source: str) -> Path:
    """Write (or append to) a module such as `domains.sales.utils`; makes its packages. Returns its path."""
    folder = root / "src" / "wonward"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    *packages, name = module.split(".")
    for package in packages:
        folder = folder / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    path = folder / name / "__init__.py" if (folder / name).is_dir() else folder / f"{name}.py"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{source}\n")
    return path


def contract_ids(root: Path = ROOT) -> dict[str, str]:
    """Every import contract: its id and its name."""
    law = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {one["id"]: one["name"] for one in law}


def broken_contracts(root: Path) -> dict[str, str]:
    """The contracts that the tree at `root` breaks: their ids, each with what the linter says of it."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{ROOT}",
        "COLUMNS": "400",
        "NO_COLOR": "1",
    }
    command = [str(program), "--no-logo", "--no-cache", "--config", str(root / "pyproject.toml")]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"Contracts: \d+ kept, \d+ broken", done.stdout), done.stdout + done.stderr
    keys = {name: key for key, name in contract_ids(root).items()}
    headings = "|".join(re.escape(name) for name in keys)
    parts = re.split(rf"^({headings})\n-+$", done.stdout, flags=re.MULTILINE)
    broken = {keys[name]: text for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    assert bool(broken) == bool(done.returncode), done.stdout
    return broken


def ruff_codes(root: Path, *codes: str) -> list[tuple[str, str]]:
    """(code, message) for each breach of the given ruff rules below `root`/src, by the root's own settings."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=json",
        f"--select={','.join(codes)}",
    ]
    command += ["--config", str(root / "pyproject.toml"), str(root / "src")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [(one["code"], one["message"]) for one in json.loads(done.stdout)]
