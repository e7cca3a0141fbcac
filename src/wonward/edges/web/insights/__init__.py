"""What selling and delivering reach together."""
