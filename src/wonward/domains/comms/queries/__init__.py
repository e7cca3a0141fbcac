"""Reading the log."""

from wonward.domains.comms.queries.entries import (
    SORTS,
    communication_rows,
    communications_among,
    count_communications,
    find_communications,
    find_communications_by_external,
    find_homes,
    find_logged_refs,
    find_talk_since,
    get_communication,
    is_talked_about,
    list_communications,
    list_log,
    list_mentions,
    list_with_contact,
    visible_communications,
)
from wonward.domains.comms.queries.searching import search_log

__all__ = [
    "SORTS",
    "communication_rows",
    "communications_among",
    "count_communications",
    "find_homes",
    "find_communications",
    "find_communications_by_external",
    "find_logged_refs",
    "get_communication",
    "find_talk_since",
    "is_talked_about",
    "list_communications",
    "list_log",
    "list_mentions",
    "list_with_contact",
    "search_log",
    "visible_communications",
]
