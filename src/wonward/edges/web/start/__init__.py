"""The first ten minutes: naming the house, what it sells, who works in it."""
