"""Where the shared data lies: WONWARD_SHARED, or a folder `shared` beside a parent of this repository."""

from __future__ import annotations

import os
from pathlib import Path


def shared_folder() -> Path:
    """The folder, whether it exists or not."""
    if told := os.environ.get("WONWARD_SHARED"):
        return Path(told)
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data").is_dir():
            return parent / "shared"
    return Path("/nowhere/shared")


MAVEN = shared_folder() / "data/crm/maven-crm-opportunities"
MAVEN_FILES = {"companies": "accounts.csv", "services": "products.csv", "users": "sales_teams.csv", "deals": "sales_pipeline.csv"}
HEADERS = shared_folder() / "data/imports/import-headers.json"
