"""The departments: each owns its tables, rules and words."""
