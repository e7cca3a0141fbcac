"""What can be done with an import: stage it, commit it, apply it, undo it; keep its choices for the next one."""

from wonward.journeys.imports.operations.applying import apply_import, fail_abandoned_imports
from wonward.journeys.imports.operations.committing import check_import, commit_import
from wonward.journeys.imports.operations.mappings import delete_mapping, save_mapping, use_mapping
from wonward.journeys.imports.operations.staging import list_kinds, stage_import
from wonward.journeys.imports.operations.undoing import undo_import

__all__ = [
    "apply_import", "check_import", "commit_import", "delete_mapping", "fail_abandoned_imports", "list_kinds", "save_mapping", "stage_import", "undo_import",
    "use_mapping",
]
