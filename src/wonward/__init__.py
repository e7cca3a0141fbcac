"""Wonward: from the first touch of a lead to the renewal, in one database."""

__version__ = "0.1.0"
