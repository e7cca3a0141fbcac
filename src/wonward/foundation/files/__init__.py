"""Documents: content kept once by its hash, named and linked to records by reference."""
