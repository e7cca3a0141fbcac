"""Copy pinned third-party files into the tree, make the icon sprite, and verify both by hash.

    python tools/vendor_assets.py check            the committed files are the pinned ones
    python tools/vendor_assets.py fetch            renew them through the npm client, then check
    python tools/vendor_assets.py fetch --from DIR use packages already unpacked as DIR/<package>/
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "vendor.toml"


def read_manifest() -> dict[str, Any]:
    """The pinned packages, files and hashes."""
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


def sha256_of(content: bytes) -> str:
    """Hex digest of a file's content."""
    return hashlib.sha256(content).hexdigest()


def find_differences(manifest: dict[str, Any]) -> list[str]:
    """One sentence per committed file that is missing or not the pinned one."""
    pinned = [(entry["target"], entry["sha256"]) for entry in manifest["asset"]]
    pinned.append((manifest["icons"]["target"], manifest["icons"]["sha256"]))
    problems = []
    for target, expected in pinned:
        path = ROOT / target
        if not path.is_file():
            problems.append(f"{target} is missing")
        elif sha256_of(path.read_bytes()) != expected:
            problems.append(f"{target} is not the pinned file")
    return problems


def unpack(package: str, version: str, into: Path) -> Path:
    """Fetch one package with the npm client and return the folder it was unpacked to."""
    into.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(  # noqa: S603
        ["npm", "pack", f"{package}@{version}", "--silent", "--pack-destination", str(into)],  # noqa: S607
        check=True, capture_output=True, text=True,
    ).stdout.strip().splitlines()[-1]
    with tarfile.open(into / packed) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def build_sprite(icons: dict[str, Any], drawings: Path) -> bytes:
    """One SVG with a symbol for every named icon: `drawings` holds `<name>.svg`, ours follow."""
    symbols = []
    for name in sorted(icons["names"]):
        source = (drawings / f"{name}.svg").read_text(encoding="utf-8")
        inner = source[source.index(">", source.index("<svg")) + 1:source.index("</svg>")]
        symbols.append(_symbol(name, re.sub(r"\s*\n\s*", "", inner).replace(" />", "/>")))
    symbols.extend(_symbol(name, inner) for name, inner in sorted(icons["own"].items()))
    opening = '<svg xmlns="http://www.w3.org/2000/svg">'
    return (opening + "\n" + "\n".join(symbols) + "\n</svg>\n").encode()


def _symbol(name: str, inner: str) -> str:
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def fetch(manifest: dict[str, Any], packages: Path | None) -> None:
    """Write every asset and the sprite into the tree."""
    with tempfile.TemporaryDirectory() as scratch:
        folders: dict[str, Path] = {}

        def folder_of(package: str, version: str) -> Path:
            if package not in folders:
                name = package.replace("/", "-").lstrip("@")
                folders[package] = packages / name if packages else unpack(package, version, Path(scratch) / name)
            return folders[package]

        for entry in manifest["asset"]:
            target = ROOT / entry["target"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((folder_of(entry["package"], entry["version"]) / entry["file"]).read_bytes())
        icons = manifest["icons"]
        drawings = folder_of(icons["package"], icons["version"]) / "icons"
        (ROOT / icons["target"]).write_bytes(build_sprite(icons, drawings))


def main() -> int:
    """Exit status 0 when the committed files are the pinned ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("check", "fetch"))
    parser.add_argument("--from", dest="packages", type=Path, default=None)
    options = parser.parse_args()
    manifest = read_manifest()
    if options.action == "fetch":
        fetch(manifest, options.packages)
    problems = find_differences(manifest)
    sys.stdout.writelines(f"{line}\n" for line in problems or ["every vendored file is the pinned one"])
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
