"""Statements that PostgreSQL keeps for a connection, sent straight through the driver's library.

A cursor prepares anew for every statement what never changes for one that is sent again and again: that took five times as long as
sending it and reading the answer.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

# Each of them takes about 160 kB of the server process for as long as the connection lives.
_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class _Context:
    """How values are read and written, and for which connection."""

    adapters: AdaptersMap
    connection: psycopg.Connection[Any]


class KeptStatements:
    """Those of one connection; the one not used for longest makes room."""

    def __init__(self, driver: psycopg.Connection[Any], zone: tzinfo | None) -> None:
        self._driver, self._server = driver, driver.pgconn
        self._transformer = Transformer(_Context(_adapters(driver, zone), driver))
        self._names: OrderedDict[tuple[str, tuple[int, ...]], bytes] = OrderedDict()
        self._numbers = count()

    @property
    def has_begun(self) -> bool:
        """Whether a statement sent now is in the transaction it belongs to: the driver begins one with a statement of its own."""
        return bool(self._driver.autocommit) or self._server.transaction_status != TransactionStatus.IDLE

    def rows(self, sql: str, params: Sequence[Any], *, has_one_plan: bool = False) -> list[tuple[Any, ...]]:
        """What the statement answers with these values; `has_one_plan` where the same plan is good for any values."""
        with self._driver.lock:
            try:
                if has_one_plan and params and self._server.transaction_status == TransactionStatus.IDLE:
                    return self._rows_by_one_plan(sql, params)
                return self._rows(sql, params)
            except FeatureNotSupported:
                # What it was planned for has been altered since. Inside a transaction nothing can be asked any more.
                self.forget(sql)
                if self._server.transaction_status != TransactionStatus.IDLE:
                    raise
                return self._rows(sql, params)

    def forget(self, sql: str) -> None:
        """Plan this text anew when it comes again."""
        for key in [key for key in self._names if key[0] == sql]:
            self._drop(key)

    def _rows_by_one_plan(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Left to itself the server plans anew each time as soon as it guesses that knowing the values saves anything at all."""
        self._checked(self._server.exec_(b"SET plan_cache_mode = force_generic_plan"))
        try:
            return self._rows(sql, params)
        finally:
            self._server.exec_(b"RESET plan_cache_mode")

    def _rows(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        read = self._transformer
        values = read.dump_sequence(params, [PyFormat.AUTO] * len(params))
        key = (sql, tuple(read.types or ()))
        name = self._names.get(key)
        if name is None:
            name = self._prepare(key)
        else:
            self._names.move_to_end(key)
        answer = self._server.exec_prepared(name, values, read.formats, Format.TEXT)  # type: ignore[arg-type]  # None is NULL
        result = self._checked(answer)
        read.set_pgresult(result)
        found: list[tuple[Any, ...]] = read.load_rows(0, result.ntuples, tuple)
        read.set_pgresult(None)
        return found

    def _prepare(self, key: tuple[str, tuple[int, ...]]) -> bytes:
        name = f"kept_{next(self._numbers)}".encode()
        self._checked(self._server.prepare(name, _numbered(key[0]).encode(), key[1]))
        self._names[key] = name
        while len(self._names) > _MOST_KEPT:
            self._drop(next(iter(self._names)))
        return name

    def _drop(self, key: tuple[str, tuple[int, ...]]) -> None:
        self._server.exec_(b"DEALLOCATE " + self._names.pop(key))

    def _checked(self, result: Any) -> Any:
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        if self._server.status != ConnStatus.OK:
            raise psycopg.OperationalError(result.get_error_message("utf-8"))
        raise error_from_result(result, "utf-8")


def _adapters(driver: psycopg.Connection[Any], zone: tzinfo | None) -> AdaptersMap:
    """As Django reads values; where the server tells instants in the zone Django wants, the driver's own reader is the quickest."""
    adapters = AdaptersMap(driver.adapters)
    if driver.info.timezone == zone:
        quickest = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)
        if quickest:
            adapters.register_loader("timestamptz", quickest)
    return adapters


def _numbered(sql: str) -> str:
    """The text with its values by number, as the server reads it."""
    numbers = count(1)
    return re.sub("%[s%]", lambda found: f"${next(numbers)}" if found.group() == "%s" else "%", sql)
