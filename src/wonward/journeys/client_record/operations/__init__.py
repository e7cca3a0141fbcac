"""Writing the search index anew, and taking e-mails into the log."""

from wonward.journeys.client_record.operations.emails import store_email, take_in_email
from wonward.journeys.client_record.operations.indexing import (
    fill_index,
    fill_whole_index,
    reindex_records,
    renew_old_index,
)

__all__ = ["fill_index", "fill_whole_index", "reindex_records", "renew_old_index", "store_email", "take_in_email"]
