"""What to do when the database says “not now”."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

_P = ParamSpec("_P")
_T = TypeVar("_T")

RETRIES = 3
_CONFLICTS = frozenset({"40001", "40P01"})
_UNAVAILABLE_STATES = frozenset(
    {"25006", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P02", "57P03"}
)
_UNAVAILABLE_WORDS = (
    "is locked",
    "readonly database",
    "disk is full",
    "unable to open database file",
    "disk i/o error",
    "connection failed",
    "connection is bad",
    "connection to server",
    "connection refused",
    "connection is closed",
    "connection already closed",
    "connection is lost",
    "server closed the connection",
    "consuming input failed",
    "terminating connection",
)


def is_serialization_failure(error: BaseException) -> bool:
    """Whether the transaction lost to another one and would likely succeed if repeated."""
    return any(_sqlstate(link) in _CONFLICTS for link in _chain(error))


def is_temporarily_unavailable(error: BaseException) -> bool:
    """Whether the database is locked, read-only, full or unreachable: answer 503 with Retry-After."""
    if not isinstance(error, OperationalError | InterfaceError | DatabaseError):
        return False
    for link in _chain(error):
        state = _sqlstate(link)
        if state in _UNAVAILABLE_STATES or state in _CONFLICTS or state.startswith("08"):
            return True
        text = str(link).lower()
        if isinstance(link, OperationalError | InterfaceError) and any(
            word in text for word in _UNAVAILABLE_WORDS
        ):
            return True
    return False


def retry_on_serialization_failure(operation: Callable[_P, _T]) -> Callable[_P, _T]:
    """Repeat an operation that opens its own transaction, up to three times after the first.

    Inside somebody else's transaction it runs once: only the outermost transaction can be repeated.
    """

    @functools.wraps(operation)
    def repeated(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if connection.in_atomic_block:
            return operation(*args, **kwargs)
        for _ in range(RETRIES):
            try:
                return operation(*args, **kwargs)
            except DatabaseError as error:
                if not is_serialization_failure(error):
                    raise
        return operation(*args, **kwargs)

    return repeated


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _sqlstate(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""
