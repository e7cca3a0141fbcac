"""Batches and their staged rows."""
