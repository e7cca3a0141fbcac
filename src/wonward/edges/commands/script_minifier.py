"""JavaScript without its comments and needless blanks; names and statements stay as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_GAP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_WORD = re.compile(r"[\w$#\u0080-\uffff]+")
_QUOTED = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_BEFORE_PATTERN = {"return", "typeof", "case", "of", "in", "void", "await", "yield", "delete", "do", "else", "throw", "new"}
_GOES_ON_AFTER = set("{;,([=&|?:")
_GOES_ON_WITH = set("})];,.?:&|=")


def minify(text: str) -> str:
    """The same program in fewer characters. Line ends that may end a statement stay.

    A division stands after a name, a number or a closing bracket; anything else that begins with a slash is taken as
    a pattern. ValueError for a text, a template or a pattern that does not end.
    """
    out: list[str] = []
    gap = last = ""
    for token in _tokens(text):
        if _GAP.fullmatch(token):
            gap = "\n" if "\n" in token else " "
            continue
        out += _kept(gap, last[-1:], token[0]), token
        gap, last = "", token
    return "".join(out)


def without_comments(text: str) -> str:
    """The program with every comment and run of blanks as one blank or line end."""
    return "".join(("\n" if "\n" in token else " ") if _GAP.fullmatch(token) else token for token in _tokens(text)).strip()


def _kept(gap: str, before: str, after: str) -> str:
    if gap == "\n" and before and before not in _GOES_ON_AFTER and after not in _GOES_ON_WITH:
        return "\n"
    both_are_words = _WORD.match(before) and _WORD.match(after)
    return " " if gap and (both_are_words or (before == after and before in "+-/") or (before.isdigit() and after == ".")) else ""


def _tokens(text: str) -> Iterator[str]:
    position, last = 0, ""
    while position < len(text):
        end = _end_of_token(text, position, last)
        token = text[position:end]
        yield token
        if not _GAP.fullmatch(token):
            last = token
        position = end


def _end_of_token(text: str, position: int, last: str) -> int:
    first = text[position]
    if first == "`":
        return _end_of_template(text, position)
    if first in "'\"":
        return _end_of(_QUOTED, text, position)
    for kind in (_GAP, _WORD):
        if found := kind.match(text, position):
            return found.end()
    if first == "/" and (not last or last in _BEFORE_PATTERN or not (_WORD.fullmatch(last) or last[-1] in ")]}'\"`/")):
        return _end_of(_PATTERN, text, position)
    return position + 1


def _end_of(kind: re.Pattern[str], text: str, position: int) -> int:
    found = kind.match(text, position)
    if found is None:
        raise ValueError(f"This never ends: {text[position : position + 60]!r}")
    return found.end()


def _end_of_template(text: str, start: int) -> int:
    position = start + 1
    while position < len(text):
        if text[position] == "`":
            return position + 1
        if text.startswith("${", position):
            position = _end_of_expression(text, position + 2)
        else:
            position += 2 if text[position] == "\\" else 1
    raise ValueError(f"This never ends: {text[start : start + 60]!r}")


def _end_of_expression(text: str, position: int) -> int:
    depth, last = 1, ""
    while depth and position < len(text):
        end = _end_of_token(text, position, last)
        token = text[position:end]
        depth += (token == "{") - (token == "}")
        last = last if _GAP.fullmatch(token) else token
        position = end
    return position
