"""The main pages of the office, with records of the sample company that have something to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OWNER, MANAGER, SELLER = "astrid.halden@halden.example", "tom.brandt@halden.example", "mara.klein@halden.example"
PASSWORD = "wonward-sample"  # noqa: S105 - of the sample company, printed by `wonward demo`
LISTS: Mapping[str, str] = {
    "my_work": "/", "board": "/deals/", "table": "/deals/table/", "handoffs": "/handoffs/", "projects": "/projects/",
    "companies": "/companies/", "templates": "/templates/", "imports": "/imports/", "failures": "/failures/",
    "search": "/search/?q=website",
}
RECORDS: Mapping[str, tuple[str, str]] = {
    "deal": ("/deals/table/", "deals"), "company": ("/projects/", "companies"), "handoff": ("/handoffs/", "handoffs"),
    "project": ("/projects/", "projects"), "template": ("/templates/", "templates"),
}
PAGES = (*LISTS, *RECORDS, "plan", "task")


def find_places(page: Any, url: str) -> dict[str, str]:
    """The address of every main page, for somebody signed in who sees everything."""
    found = dict(LISTS)
    for name, (where, folder) in RECORDS.items():
        page.goto(f"{url}{where}")
        found[name] = find_client(page, url) if name == "company" else _first_record(page, folder)
    found["plan"] = f"{found['project']}plan/"
    page.goto(f"{url}{found['plan']}")
    found["task"] = _first_record(page, "tasks")
    return found


def find_client(page: Any, url: str) -> str:
    """The client of the first project that whoever is signed in sees."""
    page.goto(f"{url}/projects/")
    page.goto(f"{url}{_first_record(page, 'projects')}")
    return _first_record(page, "companies")


def _first_record(page: Any, folder: str) -> str:
    every = page.locator(f"main a[href^='/{folder}/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return next(address for address in every if address.strip("/").split("/")[1:2] and address.strip("/").split("/")[1].isdigit()
                and address.count("/") == 3)
