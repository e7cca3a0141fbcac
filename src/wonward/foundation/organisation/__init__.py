"""The organisation itself: its name, currency, time zone, areas and number series."""
