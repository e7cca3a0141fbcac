"""Queries compiled once and run often: Django writes the statement, a hot page only puts its values in.

Building and compiling a wide queryset costs more than running it. `rows` lets Django compile it once per connection and
shape, with a stand-in for every value that changes from request to request, and afterwards runs the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.sql import UpdateQuery

from wonward.foundation.database.unchanged import while_unchanged

Values = Mapping[str, Any]
Build = Callable[[Values], QuerySet[Any, Any]]

_FIRST_NUMBER = 1_918_273_000
_FIRST_DAY = date(8641, 1, 1)
_FIRST_INSTANT = datetime(8742, 1, 1, 0, 0, 0, 918273, tzinfo=UTC)
_FIRST_WORD = "stand-in-for-a-word-918273"
_PLAIN_WORD = re.compile(r"[A-Za-z_. ]{0,40}")
_LIMIT = 400
_LONGEST_LIST = 256
_OF_TIME = ("convert_datefield_value", "convert_datetimefield_value")


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: Any


def rows(key: Hashable, build: Build, values: Values, *, is_kept: bool = False, has_one_plan: bool = False) -> list[tuple[Any, ...]]:
    """The tuples of the `values_list` queryset that `build` returns for `values`.

    `is_kept` is for what is read from many rows: the same statement with the same values is sent again only after something was
    written. `key` names everything about the queryset that is not one of the values: two calls of one `build` with one key must
    differ in nothing but their values. Values are ints below 2**31, words compared exactly, dates or instants; lists belong elsewhere.
    A value may be where a slice begins. `has_one_plan` where the database need not look at the values to know the quickest way: it
    then plans the statement once, which for one of many tables takes longer than running it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    statement = _statement(connection, key, build, values)
    if statement is None:
        return []
    params = _bound(connection, statement, values)
    if not is_kept:
        return _fetched(connection, statement, statement.sql, params, has_one_plan=has_one_plan)
    return list(while_unchanged(
        (statement.sql, *params), lambda: tuple(_fetched(connection, statement, statement.sql, params, has_one_plan=has_one_plan))
    ))


def records(key: Hashable, build: Build, values: Values) -> list[Any]:
    """`rows` for a queryset of whole records, which may be locked by it."""
    connection = connections[DEFAULT_DB_ALIAS]
    statement = _statement(connection, key, build, values)
    if statement is None:
        return []
    model = statement.compiler.query.model
    names = [field.attname for field in model._meta.concrete_fields]
    found = _fetched(connection, statement, statement.sql, _bound(connection, statement, values))
    return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in found]


def change(key: Hashable, build: Build, values: Values, to: Callable[[Values], Mapping[str, Any]]) -> int:
    """Give the records of the queryset that `build` returns the values that `to` returns; how many they were."""
    connection = connections[DEFAULT_DB_ALIAS]

    def update(given: Values) -> QuerySet[Any, Any]:
        changed = build(given).order_by()
        query: Any = changed.query.chain(UpdateQuery)
        query.add_update_values(dict(to(given)))
        changed.query = query
        return changed

    statement = _statement(connection, ("change", place_of(build), place_of(to), key), update, values)
    if statement is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, _bound(connection, statement, values))
        return int(cursor.rowcount)


def _folded(numbers: Iterable[int]) -> str:
    """Ids as one word, as the database reads a list."""
    text = json.dumps(list(numbers))
    return "{" + text[1:-1] + "}" if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else text


def _unfolded(word: str) -> RawSQL:
    is_postgresql = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    return RawSQL("SELECT unnest(%s::bigint[])" if is_postgresql else "SELECT value FROM json_each(%s)", (word,))  # noqa: S611 - the text never changes


def count_of(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The queryset as one row of one number, for `rows`; no row when there is nothing to count."""
    return queryset.order_by().values_list(Value(1)).annotate(count=Count("*")).values_list("count")


@dataclass(frozen=True, slots=True)
class Question:
    """A prepared query as something to ask together with others; see `rows` for its parts."""

    key: Hashable
    build: Build
    values: Values


def numbers(questions: Sequence[Question], *, is_kept: bool = False) -> list[int]:
    """The one number each question is answered with (0 when there is none), all asked in one statement.

    `is_kept` is for counts on many pages: they are asked again only after something was written, unless the instant is part of them.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    asked = [_number(connection, question) for question in questions]
    if not is_kept:
        return _answered(connection, asked)
    steady = [not any(isinstance(value, datetime) for value in question.values.values()) for question in questions]
    passing: list[int] = []

    def ask_all() -> tuple[int, ...]:
        answers = _answered(connection, asked)
        passing.extend(answer for answer, stays in zip(answers, steady, strict=True) if not stays)
        return tuple(answer for answer, stays in zip(answers, steady, strict=True) if stays)

    lasting = while_unchanged(tuple((sql, *params) for (sql, params), stays in zip(asked, steady, strict=True) if stays), ask_all)
    if not passing:
        passing = _answered(connection, [one for one, stays in zip(asked, steady, strict=True) if not stays])
    kept, fresh = iter(lasting), iter(passing)
    return [next(kept if stays else fresh) for stays in steady]


def _number(connection: Any, question: Question) -> tuple[str, list[Any]]:
    statement = _statement(connection, question.key, question.build, question.values)
    return (f"COALESCE(({statement.sql}), 0)", _bound(connection, statement, question.values)) if statement else ("0", [])


def _answered(connection: Any, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
    if not asked:
        return []
    return list(_sent(connection, f"SELECT {', '.join(sql for sql, _ in asked)}", [value for _, params in asked for value in params])[0])


def rows_for_each(
    key: Hashable, build: Build, values: Values, *, name: str, choices: Sequence[int]
) -> list[tuple[Any, ...]]:
    """`rows` with the value `name` being each of the choices in turn, in one statement; a limit counts for each of them."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not choices:
        return []
    statement = _statement(connection, key, build, {**values, name: choices[0]})
    if statement is None:
        return []
    params: list[Any] = []
    for choice in choices:
        params.extend(_bound(connection, statement, {**values, name: choice}))
    parts = (f"SELECT * FROM ({statement.sql}) AS part{place}" for place in range(len(choices)))
    return _fetched(connection, statement, " UNION ALL ".join(parts), params)


def rows_among(
    key: Hashable, build: Build, values: Values, *, name: str, choices: Collection[int] | Collection[str]
) -> list[tuple[Any, ...]]:
    """`rows` with the value `name` being a list, compared by `__in`.

    Lists share a statement with all up to the next power of two; one of more than 256 is compiled by itself.
    """
    if not choices:
        return []
    if len(choices) > _LONGEST_LIST:
        return list(build({**values, name: sorted(set(choices))}))
    among, size, given = _among(build, values, name, choices)
    return rows((place_of(build), key, size), among, given)


def records_among(
    key: Hashable, build: Build, values: Values, *, name: str, choices: Collection[int] | Collection[str]
) -> list[Any]:
    """`rows_among` for a queryset of whole records."""
    if not choices:
        return []
    if len(choices) > _LONGEST_LIST:
        return list(build({**values, name: sorted(set(choices))}))
    among, size, given = _among(build, values, name, choices)
    return records((place_of(build), key, size), among, given)


def _among(build: Build, values: Values, name: str, choices: Collection[int] | Collection[str]) -> tuple[Build, int, Values]:
    """A question with as many places as the next power of two, and what stands in them."""
    wanted: list[Any] = sorted(set(choices))
    size = 1 << (len(wanted) - 1).bit_length()
    padded = wanted + wanted[-1:] * (size - len(wanted))
    names = [f"{name} {place}" for place in range(size)]

    def among(given: Values) -> QuerySet[Any, Any]:
        return build({**given, name: [given[one] for one in names]})

    return among, size, {**values, **dict(zip(names, padded, strict=True))}


def rows_of_many(
    key: Hashable, build: Build, values: Values, *, name: str, choices: Iterable[int], is_kept: bool = False
) -> list[tuple[Any, ...]]:
    """`rows` with the value `name` being a list of any length, compared by `__in` and sent as one parameter.

    For hundreds of ids; few of them are found quicker with `rows_among`, where the database knows how many there are.
    """

    def unfolded(given: Values) -> QuerySet[Any, Any]:
        return build({**given, name: _unfolded(given[name])})

    return rows((place_of(build), key), unfolded, {**values, name: _folded(choices)}, is_kept=is_kept)


def place_of(build: Callable[..., Any]) -> Hashable:
    """Where a question is written, so that two of them never share a statement because their keys happen to be alike."""
    place: Hashable = getattr(build, "__code__", build)
    return place


def _statement(connection: Any, key: Hashable, build: Build, values: Values) -> _Statement | None:
    known: dict[Hashable, _Statement | None] = connection.__dict__.setdefault("prepared_statements", {})
    key = (place_of(build), key)
    if key not in known:
        if len(known) >= _LIMIT:
            known.clear()
        known[key] = _compile(connection, build, values)
    return known[key]


def _bound(connection: Any, statement: _Statement, values: Values) -> list[Any]:
    return [_adapted(connection, values[part.name]) if type(part) is _Slot else part for part in statement.params]


def _fetched(
    connection: Any, statement: _Statement, sql: str, params: Sequence[Any], *, has_one_plan: bool = False
) -> list[tuple[Any, ...]]:
    found = _sent(connection, sql, params, has_one_plan=has_one_plan)
    return _converted(connection, statement, found) if found and statement.converters else found


def _sent(connection: Any, sql: str, params: Sequence[Any], *, has_one_plan: bool = False) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]]
    if connection.vendor == "postgresql":
        found = connection.fetch_often(sql, params, has_one_plan=has_one_plan)
        return found
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    return found


def _converted(connection: Any, statement: _Statement, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows with their converters run column by column; a column of days or instants that the driver read is left alone."""
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    for place, (converters, expression) in statement.converters.items():
        for convert in converters:
            if getattr(convert, "__name__", "") in _OF_TIME and str not in set(map(type, columns[place])):
                continue
            columns[place] = [convert(value, expression, connection) for value in columns[place]]
    return list(zip(*columns, strict=True))


def _compile(connection: Any, build: Build, values: Values) -> _Statement | None:
    places = {name: _stand_in(at, value) for at, (name, value) in enumerate(values.items())}
    names = {_adapted(connection, place): name for name, place in places.items()}
    compiler = build(places).query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    text, slots = _settled(sql, [_Slot(names[value]) if _is_known(value, names) else value for value in params], names)
    columns = [column[0] for column in compiler.select[: compiler.col_count]] if compiler.select else []
    return _Statement(text, slots, compiler, compiler.get_converters(columns))


def _is_known(value: Any, names: Mapping[Any, str]) -> bool:
    return isinstance(value, int | str | date) and not isinstance(value, bool) and value in names


def _settled(sql: str, params: Sequence[Any], names: Mapping[Any, str]) -> tuple[str, tuple[Any, ...]]:
    """Short words and small numbers that never change become part of the text: only then does a partial index apply.

    Where a slice begins stands in the text as Django writes it, and is a value like others from here on.
    """
    left, kept = iter(params), []

    def fill(found: re.Match[str]) -> str:
        if found[1] and (name := names.get(int(found[1]))):
            kept.append(_Slot(name))
            return "OFFSET %s"
        if found.group() != "%s":
            return found.group()
        value = next(left)
        if type(value) is str and _PLAIN_WORD.fullmatch(value):
            return f"'{value}'"
        if type(value) is int and 0 <= value < 1000:
            return str(value)
        kept.append(value)
        return "%s"

    return re.sub(r"%s|%%|OFFSET (\d+)", fill, sql), tuple(kept)


def _stand_in(at: int, value: Any) -> Any:
    if isinstance(value, datetime):
        return _FIRST_INSTANT + timedelta(days=at)
    if isinstance(value, date):
        return _FIRST_DAY + timedelta(days=at)
    if type(value) is int:
        return _FIRST_NUMBER + at
    if type(value) is str:
        return f"{_FIRST_WORD}-{at}"
    raise TypeError(f"A prepared query takes numbers, words, dates and instants, not {type(value).__name__}.")


def _adapted(connection: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
