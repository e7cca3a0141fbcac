"""The pages of clients have static files as they are, on a fixed morning."""

from tests.edges.web.sales.conftest import cast, fixed_clock, plain_static, sale, sign_in

__all__ = ["cast", "fixed_clock", "plain_static", "sale", "sign_in"]
