"""The outbox: facts written in the transaction that made them true, delivered at least once, effective once."""
