"""What selling and delivering want to reach together, and how far they are."""
