"""The alphabet every floor speaks: money, references, actors, calendars, refusals."""
