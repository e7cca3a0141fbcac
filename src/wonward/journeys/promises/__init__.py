"""What we said the client would get, and whether the plan still holds it."""
