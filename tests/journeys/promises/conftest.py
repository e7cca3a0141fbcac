"""Pages are asked on a fixed morning, with static files as they are."""

from tests.edges.web.sales.conftest import fixed_clock, plain_static

__all__ = ["fixed_clock", "plain_static"]
