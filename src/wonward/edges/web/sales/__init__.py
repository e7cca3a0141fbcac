"""Selling: the board, the table, the deal and its gate."""
