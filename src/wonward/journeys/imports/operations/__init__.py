"""What can be done with an import: stage it, commit it, apply it, undo it."""

from wonward.journeys.imports.operations.applying import apply_import, fail_abandoned_imports
from wonward.journeys.imports.operations.committing import check_import, commit_import
from wonward.journeys.imports.operations.staging import stage_import
from wonward.journeys.imports.operations.undoing import undo_import

__all__ = ["apply_import", "check_import", "commit_import", "fail_abandoned_imports", "stage_import", "undo_import"]
