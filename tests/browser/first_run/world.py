"""An installation as it is on the first day: one owner, made by the command of README, nothing else."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

PASSWORD = "correct horse battery"  # noqa: S105
EMAIL, NAME = "nora@north.test", "Nora Newcomer"
README = Path(__file__).resolve().parents[3] / "README.md"


def command_of_readme() -> list[str]:
    """How README makes the first owner, with Nora's name and address in place of yours."""
    found = re.search(r"\| \.venv/bin/wonward (user create .*)", README.read_text(encoding="utf-8"))
    assert found, "README does not say any more how the first owner is made."
    return [{"you@example.com": EMAIL, "Your Name": NAME}.get(word, word) for word in shlex.split(found[1])]


if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "wonward", *command_of_readme()], input=PASSWORD, text=True, check=True)
