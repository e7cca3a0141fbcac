"""Work for later: queued in the caller's transaction, tried again when it fails, scheduled once per tick."""
