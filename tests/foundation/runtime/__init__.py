"""A small department of the tests: tables for effects, three facts, a few handlers, jobs and a noun.

It is not an installed app: `conftest.py` makes its tables and registers it for single tests, subprocesses call
`register_all`.
"""
