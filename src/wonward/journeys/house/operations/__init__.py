"""What is done with the house as a whole."""

from wonward.journeys.house.operations.errands import (
    ask_for_export,
    clear_old_exports,
    fail_abandoned_errands,
    make_export,
    take_export,
)
from wonward.journeys.house.operations.exporting import export_house
from wonward.journeys.house.operations.person import (
    ask_to_erase_person,
    ask_where_person_is,
    erase_again,
    export_person,
    serve_person,
)
from wonward.journeys.house.operations.sample import (
    ask_to_remove_sample,
    ask_what_would_go,
    remembering_sample,
    serve_sample,
)
from wonward.journeys.house.operations.taking_over import import_house
from wonward.journeys.house.operations.trash import bring_back, empty_trash, trash_record

__all__ = [
    "ask_for_export", "ask_to_erase_person", "ask_to_remove_sample", "ask_what_would_go", "ask_where_person_is", "bring_back",
    "clear_old_exports", "empty_trash", "erase_again", "export_house", "export_person", "fail_abandoned_errands", "import_house", "make_export", "remembering_sample",
    "serve_person", "serve_sample", "take_export", "trash_record",
]
