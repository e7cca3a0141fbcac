"""Django's PostgreSQL backend under the product's own name."""
