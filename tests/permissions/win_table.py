"""The lines of a win: what it would make, what is told of it, how it is undone; templates as files."""

from __future__ import annotations

from tests.permissions.lines import ALL_DEALS, ALL_PROJECTS, Line, api, web

_CATALOGUE, _TEMPLATE, _PROJECT = "catalog.service.view", "catalog.template.edit", "delivery.project.view"

WIN_API: tuple[Line, ...] = (
    api("GET", "/templates/{template.site}/file", "read_template_file", _CATALOGUE),
    api("POST", "/template-files", "add_template_file", _TEMPLATE,
        body={"file": {"format": "wonward.template", "schema": 1, "name": "Filed", "items": [{"key": "a", "kind": "task", "name": "A"}]}}),
    api("GET", "/template-gallery", "read_template_gallery", _CATALOGUE),
    api("POST", "/template-gallery", "take_gallery_templates", _TEMPLATE, body={"keys": ["website"]}),
    api("POST", "/projects/{project}/template", "add_template_of_project", _TEMPLATE, target="project", families=ALL_PROJECTS,
        body={"name": "As we did it"}),
    api("GET", "/deals/{deal}/win-preview", "read_win_preview", "sales.deal.view", target="deal", families=ALL_DEALS,
        query={"kickoff_date": "2026-12-01"}),
    api("GET", "/projects/{project}/drift", "read_drift", _PROJECT, target="project", families=ALL_PROJECTS),
    api("POST", "/projects/{project}/client-updates", "add_client_update", "handoff.client.tell", target="project", families=ALL_PROJECTS,
        refuses=ALL_PROJECTS, body={"words": " ", "finish_date": "2020-01-01", "contact_id": 1, "kind": "call"}),
    api("POST", "/deals/{deal}/win-undo", "undo_deal_win", "sales.deal.win", target="deal", families=ALL_DEALS, changes="deal",
        refuses=ALL_DEALS),
)

WIN_WEB: tuple[Line, ...] = (
    web("POST", "/deals/{deal}/win-undo/", "deal_win_undo", "sales.deal.win", target="deal", families=ALL_DEALS, changes="deal",
        refuses=ALL_DEALS),
)
