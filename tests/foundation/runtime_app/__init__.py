"""A small department of the tests: one table for effects, two facts, a few handlers and jobs."""
