"""The doors: they translate between outside and what is below, and hold no rules."""
