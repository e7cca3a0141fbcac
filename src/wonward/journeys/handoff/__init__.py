"""The passage from a won deal to a verified project."""
