"""Facts told to other systems: signed, at least once, in the background."""
