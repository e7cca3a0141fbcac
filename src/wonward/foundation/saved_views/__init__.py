"""Ways of looking at a list that somebody named: filters, columns, grouping, sort and sums."""
