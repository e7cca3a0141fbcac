"""Who did what, before and after, append only."""
