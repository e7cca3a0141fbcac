"""Projects, their tasks and plans."""
