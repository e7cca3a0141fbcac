"""The calculators: plain Python, no Django, no clock, no input or output."""
