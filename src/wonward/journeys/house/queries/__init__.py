"""Reading the house as a whole."""
