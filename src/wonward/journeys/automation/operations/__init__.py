"""Looking at a bulk change, making it, taking it back."""

from wonward.journeys.automation.operations.bulk import (
    apply_bulk_change,
    forget_bulk_changes,
    run_bulk_change,
    start_bulk_change,
    undo_bulk_change,
)

__all__ = ["apply_bulk_change", "forget_bulk_changes", "run_bulk_change", "start_bulk_change", "undo_bulk_change"]
