"""An installation as it is on the first day: one owner, nothing else."""

from __future__ import annotations

import django

django.setup()

from datetime import UTC, datetime  # noqa: E402

from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402

PASSWORD = "correct horse battery"  # noqa: S105

if __name__ == "__main__":
    owner = NewPerson(name="Nora Newcomer", email="nora@north.test", access_role="owner", password=PASSWORD)
    create_people(actor=system_actor(), people=[owner], now=datetime.now(UTC))
