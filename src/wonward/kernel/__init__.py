"""Words every floor shares; standard library only."""
