"""Stories told through pages have static files as they are, on a fixed morning."""

from tests.edges.web.sales.conftest import fixed_clock, plain_static

__all__ = ["fixed_clock", "plain_static"]
