"""What a valid blueprint is, and how sold services become the work of a project. Pure: no tables."""
