"""Delivering: handoffs, projects and plans."""
