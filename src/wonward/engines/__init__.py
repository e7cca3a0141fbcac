"""Calculators: plain Python, no database, no clock, no input or output."""
