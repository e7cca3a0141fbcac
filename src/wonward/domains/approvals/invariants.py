"""What must hold about approvals; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import F

from wonward.domains.approvals.models import Approval, ApprovalStep, ApprovalVersion


def check_the_newest_version_speaks_for_its_approval() -> list[str]:
    """State and number of an approval are those of its newest version, and no older version is open."""
    newest = ApprovalVersion.objects.filter(number=F("approval__current_number")).exclude(state=F("approval__state"))
    older = ApprovalVersion.objects.filter(number__lt=F("approval__current_number"), state="open")
    return [
        *(f"The approval {key} is {ours}, its version {number} is {state}."
          for key, ours, number, state in newest.values_list("approval_id", "approval__state", "number", "state")),
        *(f"Version {number} of the approval {key} is still open." for key, number in older.values_list("approval_id", "number")),
        *(f"The approval {key} has no version." for key in Approval.objects.filter(versions__isnull=True).values_list("pk", flat=True)),
    ]


def check_settled_approvals_ask_nobody() -> list[str]:
    """Nobody is asked about a version that is settled, and an approved one was approved by everybody."""
    asked = ApprovalStep.objects.filter(state__in=("asked", "waiting")).exclude(of_version__state="open")
    missing = ApprovalStep.objects.filter(of_version__state="approved").exclude(state="approved")
    return [
        *(f"{name} is asked about a settled version of the approval {key}." for name, key in asked.values_list("name", "of_version__approval_id")),
        *(f"The approval {key} was given without {name}." for name, key in missing.values_list("name", "of_version__approval_id")),
    ]
