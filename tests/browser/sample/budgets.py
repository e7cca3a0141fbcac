"""What a page may cost (the design's budgets); sizes in bytes as they travel, compressed."""

MOST_REQUESTS = 10
MOST_ON_THE_WIRE = 130_000
MOST_HTML = 40_000
MOST_CSS = 15_000
MOST_SCRIPT = {"board": 36_000, "plan": 34_000}
MOST_SCRIPT_OF_ANY_PAGE = 45_000
MOST_SHELL_SCRIPT = 20_000
MOST_NODES = 5_000
MOST_QUERIES = 25
STILL_OVER = {"project": 28}
"""Pages that ask more than they should, and how much they ask: a figure may only go down, until it is not needed."""
HEADERS = 800
"""Of one answer, about."""
