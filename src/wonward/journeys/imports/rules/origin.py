"""Which product a file comes from, told by its headers: ids of one product must not meet those of another."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.journeys.imports.rules.words import header_key

# Every header of one of the sets must be there.
_SIGNS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("jira", (("issue key", "issue id"), ("issue key", "issue type"), ("issue key", "project key"))),
    ("hubspot", (("record id", "deal stage"), ("record id", "create date"), ("record id", "company name"), ("record id", "lifecycle stage"),
                 ("record id", "last activity date"), ("record id", "associated company"))),
    ("salesforce", (("id", "owner id", "system modstamp"), ("id", "created date", "last modified date"), ("id", "stage name"),
                    ("id", "account id", "last name"), ("id", "is deleted"), ("id", "account id"), ("id", "what id"), ("attributes type", "attributes reference id"),
                    ("id", "attributes type"))),
    ("asana", (("task id", "section column"), ("task id", "projects"))),
    ("monday", (("name", "item id auto generated"), ("subitems", "item id auto generated"))),
    ("trello", (("card id", "board id"), ("card id", "list id"), ("card id", "card name"))),
)
_PIPEDRIVE = frozenset({"deal", "person", "organization", "organisation", "activity", "note"})


def origin_of(headers: Sequence[str]) -> str:
    """`hubspot`, `salesforce`, `pipedrive`, `jira`, `asana`, `monday`, `trello`, or `file` when nothing tells."""
    keys = {header_key(header) for header in headers}
    prefixed = sum(1 for header in headers if header_key(header.partition(" - ")[0]) in _PIPEDRIVE and " - " in header)
    if prefixed >= 2:
        return "pipedrive"
    for name, sets in _SIGNS:
        if any(all(header in keys for header in one) for one in sets):
            return name
    return "file"
