"""Setting up: templates and imports."""
