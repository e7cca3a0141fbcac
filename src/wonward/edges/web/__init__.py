"""The office: one folder per area, each translating between pages and operations."""
