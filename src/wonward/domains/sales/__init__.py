"""Pipelines, deals and their next actions, up to the close."""
