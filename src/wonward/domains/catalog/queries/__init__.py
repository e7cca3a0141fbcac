"""Reading services and templates, and turning sold lines into blueprints."""

from wonward.domains.catalog.queries.blueprints import (
    expand_draft,
    get_blueprints,
    get_preview_items,
    list_blueprints,
)
from wonward.domains.catalog.queries.services import (
    SORTS,
    find_near_services,
    find_services_by_key,
    get_cost_list,
    get_offers,
    get_price_list,
    get_service,
    get_service_facts,
    list_service_keys,
    list_services,
)
from wonward.domains.catalog.queries.templates import (
    compare_drafts,
    compare_versions,
    find_mistakes,
    get_template,
    get_template_file,
    get_template_version,
    list_gallery,
    list_template_options,
    list_template_versions,
    list_templates,
)

__all__ = [
    "SORTS",
    "compare_drafts",
    "compare_versions",
    "expand_draft",
    "find_mistakes",
    "find_near_services",
    "find_services_by_key",
    "get_blueprints",
    "get_cost_list",
    "get_offers",
    "get_preview_items",
    "get_price_list",
    "get_service",
    "get_service_facts",
    "get_template",
    "get_template_file",
    "get_template_version",
    "list_blueprints",
    "list_gallery",
    "list_service_keys",
    "list_services",
    "list_template_options",
    "list_template_versions",
    "list_templates",
]
