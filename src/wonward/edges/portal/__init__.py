"""Everything an outsider may open without signing in: forms and proposals."""
