"""Decisions about capacity on plain values."""
