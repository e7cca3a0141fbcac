"""Adding and changing services and templates."""

from wonward.domains.catalog.operations.services import (
    archive_service,
    archive_services,
    change_service,
    create_services,
    merge_service,
)
from wonward.domains.catalog.operations.templates import (
    add_gallery_templates,
    archive_template,
    change_template,
    create_template,
    import_template,
)

__all__ = [
    "add_gallery_templates", "archive_service", "archive_services", "archive_template", "change_service", "change_template",
    "create_services", "create_template", "import_template", "merge_service",
]
