"""Join the style sheet sources of each area into the one sheet a page loads.

    python tools/assemble_css.py          write shell.css, sales.css, … beside their source folders
    python tools/assemble_css.py --check  exit 1 when a written sheet is not what its sources say

A folder `css/<area>/` holds numbered sources; `css/<area>.css` is their joined text without comments and
indentation. Addresses in `url()` are written as seen from the joined sheet.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src/wonward/edges/web/static/css"


def join_area(folder: Path) -> str:
    """The text of one area's sheet."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.css")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    joined = "".join(line if line.endswith(("{", "}", ";", ",")) else f"{line} " for line in lines if line)
    for pattern, replacement in ((r"\s*([{};])\s*", r"\1"), (r";}", "}"), (r"([a-z-]):\s+", r"\1:"), (r",\s+", ",")):
        joined = re.sub(pattern, replacement, joined)
    return joined.replace("}@", "}\n@") + "\n"


def main() -> int:
    """Exit status 0 when the sheets and their sources agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = []
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        sheet, text = folder.with_suffix(".css"), join_area(folder)
        if options.check and (not sheet.exists() or sheet.read_text(encoding="utf-8") != text):
            stale.append(sheet.name)
        elif not options.check:
            sheet.write_text(text, encoding="utf-8")
    sys.stdout.writelines(f"{name} is older than its sources; run tools/assemble_css.py\n" for name in stale)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
