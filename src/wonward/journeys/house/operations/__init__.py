"""What is done with the house as a whole."""

from wonward.journeys.house.operations.backup import (
    ask_for_backup,
    serve_backup,
    set_backup_plan,
)
from wonward.journeys.house.operations.colleague import (
    ask_to_erase_colleague,
    ask_where_colleague_is,
    erase_colleague,
    serve_colleague,
)
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
    erase_person,
    export_person,
    serve_person,
)
from wonward.journeys.house.operations.retention import (
    ask_for_retention,
    carry_out_retention,
    release_hold,
    set_hold,
    set_retention,
)
from wonward.journeys.house.operations.sample import (
    ask_to_load_sample,
    ask_to_remove_sample,
    ask_what_would_go,
    remembering_sample,
    serve_sample,
    serve_sample_load,
)
from wonward.journeys.house.operations.taking_over import import_house
from wonward.journeys.house.operations.trash import (
    bring_back,
    empty_trash,
    trash_record,
    trash_tasks,
    undo_plan,
)

__all__ = [
    "ask_for_backup", "serve_backup", "set_backup_plan",
    "ask_for_export", "ask_for_retention", "ask_to_erase_colleague", "ask_where_colleague_is", "ask_to_erase_person", "ask_to_load_sample", "ask_to_remove_sample", "ask_what_would_go", "ask_where_person_is",
    "bring_back", "carry_out_retention", "clear_old_exports", "empty_trash", "erase_again", "erase_colleague", "erase_person", "export_house", "export_person",
    "fail_abandoned_errands", "import_house", "make_export", "release_hold", "remembering_sample", "serve_colleague", "serve_person", "serve_sample",
    "serve_sample_load",
    "set_hold", "set_retention", "take_export", "trash_record", "trash_tasks", "undo_plan",
]
