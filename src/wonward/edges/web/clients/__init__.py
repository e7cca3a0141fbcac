"""Clients: companies and their people."""
