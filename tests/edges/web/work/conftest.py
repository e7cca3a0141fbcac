"""The same desk as in sales."""

from tests.edges.web.sales.conftest import cast, fixed_clock, plain_static, sale, sign_in

__all__ = ["cast", "fixed_clock", "plain_static", "sale", "sign_in"]
