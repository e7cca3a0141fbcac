"""The pictures of the README and the guide, taken from a freshly served sample company.

    python -m tests.browser.pictures [FOLDER]     writes docs/guide/*.png, or into FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.browser.chromium import ROOT, launched_chromium, stand_still
from tests.browser.office import SAMPLE, Site, seated, served
from tests.browser.sample.places import MANAGER, OWNER, PASSWORD, SELLER, find_client, find_places

GUIDE = ROOT / "docs" / "guide"
SHOWN = {"board": SELLER, "deal": SELLER, "handoff": MANAGER, "project": MANAGER, "plan": MANAGER, "company": SELLER, "my_work": SELLER}
WIDTH, HEIGHT = 1440, 900


def take_pictures(site: Site, browser: Any, folder: Path) -> list[Path]:
    """Every shown page in light and dark, as the people see it who work with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with seated(site, browser, OWNER, PASSWORD) as owner:
        places = find_places(owner.page, site.url)
    with seated(site, browser, SELLER, PASSWORD) as seller:
        places["company"] = find_client(seller.page, site.url)
    written = []
    for email in dict.fromkeys(SHOWN.values()):
        for theme in ("light", "dark"):
            with seated(site, browser, email, PASSWORD, theme=theme, width=WIDTH, height=HEIGHT) as person:
                for name in (name for name, seen_by in SHOWN.items() if seen_by == email):
                    written.append(folder / f"{name.replace('_', '-')}-{theme}.png")
                    person.page.goto(f"{site.url}{places[name]}")
                    stand_still(person.page)
                    person.page.screenshot(path=str(written[-1]))
                if person.problems:
                    raise AssertionError(f"{email} in {theme}: {person.problems}")
    return written


def main() -> int:
    """Write the pictures and say which."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GUIDE
    with served(SAMPLE) as site, launched_chromium() as browser:
        for path in take_pictures(site, browser, folder):
            sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
