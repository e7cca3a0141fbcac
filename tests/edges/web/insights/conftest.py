"""Somebody signed in, an open deal, and a fixed morning."""

from __future__ import annotations

from tests.edges.web.sales.conftest import cast, fixed_clock, plain_static, sale, sign_in

__all__ = ["cast", "fixed_clock", "plain_static", "sale", "sign_in"]
