"""How the product talks to its database: SQLite on one host, or PostgreSQL on many."""
