"""Decisions about handoffs on plain values."""
