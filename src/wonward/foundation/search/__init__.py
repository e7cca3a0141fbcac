"""The search index: one interface over full text in SQLite or PostgreSQL, filtered by what the searcher sees."""
