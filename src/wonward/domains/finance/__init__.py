"""Budgets and, later, invoices and revenue."""
