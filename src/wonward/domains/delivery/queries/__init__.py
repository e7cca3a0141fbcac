"""Reading projects and plans, always for somebody's eyes."""
