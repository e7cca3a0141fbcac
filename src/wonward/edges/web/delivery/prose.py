"""Markdown as HTML: the part of it that notes need, and nothing else.

Every character of the text is escaped before a tag is set, and all tags are set here, so nothing written can become markup:
headings, paragraphs, lists (with boxes to tick), quotes, code, rules, tables, emphasis and links to http, https and mailto.

The work grows with the length of the text and no faster, whatever is written: no pattern looks past the mark that could end it
more than once, and what has two open ends (code, headings, the line under a table's head) is cut by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(.*)")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_UNDER_HEAD = re.compile(r":?-+:?")
_BOX = re.compile(r"\[([ xX])\]\s+(.*)")
_TICKS = re.compile(r"`+")
_LINK = re.compile(r"\[([^\[\]]{1,400})\]\(((?:https?://|mailto:)[^\s()<>]{1,1000})\)")
_BARE = re.compile(r"(?<![\w/(])https?://[^\s<>()]{3,1000}[^\s<>().,;:!?]")
_STRONG = re.compile(r"\*\*(\S.{0,2000}?)\*\*|__(\S.{0,2000}?)__")
_EMPHASIS = re.compile(r"(?<![\w*])\*(\S[^*]{0,2000})\*(?![\w*])")
_STRUCK = re.compile(r"~~(\S.{0,2000}?)~~")
_MARKED = re.compile(r"<(/?)(strong|em|del)>")
_KEPT = re.compile(r"\x00(\d{1,9})\x00")
_RULE_MARKS = frozenset("-*_")
_DEEPEST = 6


def prose(text: str) -> Markup:
    """The HTML of a Markdown text; headings begin at the third level, for they stand inside a page."""
    lines = text.replace("\r\n", "\n").expandtabs(4).split("\n")
    return Markup("\n").join(_blocks(lines, 0))


def _blocks(lines: Sequence[str], depth: int) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
        elif _FENCE.match(line):
            end = _end_of_code(lines, place)
            yield Markup("<pre><code>%s</code></pre>") % "\n".join(lines[place + 1 : end])
            place = end + 1
        elif heading := _HEADING.match(line):
            yield Markup("<h%s>%s</h%s>") % (level := min(6, len(heading[1]) + 2), _inline(heading[2].rstrip().rstrip("#").rstrip()), level)
            place += 1
        elif _is_rule(line):
            yield Markup("<hr>")
            place += 1
        elif line.lstrip().startswith(">") and depth < _DEEPEST:
            end = _while(lines, place, lambda one: one.lstrip().startswith(">"))
            inner = [one.lstrip()[1:].removeprefix(" ") for one in lines[place:end]]
            yield Markup("<blockquote>%s</blockquote>") % Markup("\n").join(_blocks(inner, depth + 1))
            place = end
        elif _ITEM.match(line) and depth < _DEEPEST:
            end = _end_of_list(lines, place)
            yield _list(lines[place:end], depth)
            place = end
        elif "|" in line and place + 1 < len(lines) and _is_under_head(lines[place + 1]):
            end = _while(lines, place, lambda one: "|" in one)
            yield _table(lines[place:end])
            place = end
        else:
            end = _while(lines, place, lambda one: bool(one.strip()) and not _begins_block(one)) if not _begins_block(line) else place + 1
            yield Markup("<p>%s</p>") % Markup("<br>").join(_inline(one.strip()) for one in lines[place:end])
            place = end


def _begins_block(line: str) -> bool:
    return bool(_FENCE.match(line) or _HEADING.match(line) or _is_rule(line) or _ITEM.match(line)) or line.lstrip().startswith(">")


def _is_rule(line: str) -> bool:
    marks = line.strip()
    return marks[:1] in _RULE_MARKS and len(marks := "".join(marks.split())) > 2 and len(set(marks)) == 1


def _is_under_head(line: str) -> bool:
    return "-" in line and all(_UNDER_HEAD.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _while(lines: Sequence[str], place: int, holds: object) -> int:
    assert callable(holds)
    while place < len(lines) and holds(lines[place]):
        place += 1
    return place


def _end_of_code(lines: Sequence[str], place: int) -> int:
    fence = _FENCE.match(lines[place])
    assert fence
    for end in range(place + 1, len(lines)):
        if lines[end].strip().startswith(fence[1]):
            return end
    return len(lines)


def _end_of_list(lines: Sequence[str], place: int) -> int:
    first = _ITEM.match(lines[place])
    assert first
    indent, is_ordered = len(first[1]), first[2][0].isdigit()

    def belongs(line: str) -> bool:
        item = _ITEM.match(line)
        if item and len(item[1]) <= indent + 1:
            return item[2][0].isdigit() is is_ordered
        return bool(item) or line.startswith("  ")

    end = place
    while end < len(lines) and (belongs(lines[end]) or (not lines[end].strip() and end + 1 < len(lines) and belongs(lines[end + 1]))):
        end += 1
    return end


def _list(lines: Sequence[str], depth: int) -> Markup:
    first = _ITEM.match(lines[0])
    assert first
    indent, is_ordered = len(first[1]), first[2][0].isdigit()
    items: list[list[str]] = []
    for line in lines:
        item = _ITEM.match(line)
        if item and len(item[1]) <= indent + 1:
            items.append([item[3]])
        elif items:
            items[-1].append(line[min(len(line) - len(line.lstrip()), indent + 2) :])
    tag = Markup("ol") if is_ordered else Markup("ul")
    return Markup("<%s>%s</%s>") % (tag, Markup("").join(_item(one, depth) for one in items), tag)


def _item(lines: Sequence[str], depth: int) -> Markup:
    box = _BOX.match(lines[0])
    begin = Markup("")
    words = lines[0]
    if box:
        begin = Markup('<span class="prose__box" aria-hidden="true">%s</span> ') % ("☑" if box[1] in "xX" else "☐")
        words = box[2]
    rest = Markup("\n").join(_blocks(lines[1:], depth + 1)) if len(lines) > 1 else Markup("")
    return Markup("<li>%s%s%s</li>") % (begin, _inline(words), rest)


def _table(lines: Sequence[str]) -> Markup:
    rows = [[_inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in (lines[0], *lines[2:])]
    head = Markup("").join(Markup("<th>%s</th>") % cell for cell in rows[0])
    body = Markup("").join(Markup("<tr>%s</tr>") % Markup("").join(Markup("<td>%s</td>") % cell for cell in row) for row in rows[1:])
    return Markup('<div class="table-scroll"><table class="table"><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>') % (head, body)


def _inline(text: str) -> Markup:
    """Escaped first; code and links are put aside while emphasis is looked for, so that nothing is found inside them."""
    kept: list[Markup] = []

    def keep(markup: Markup) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    def put_back(words: str) -> Markup:
        return Markup(_KEPT.sub(lambda found: str(kept[int(found[1])]), words))  # noqa: S704 - escaped before

    words = "".join(keep(Markup("<code>%s</code>") % part.strip()) if is_code else part for part, is_code in _cut(text.replace("\x00", "")))
    words = _LINK.sub(lambda found: keep(_anchor(found[2], put_back(str(escape(found[1]))))), words)
    words = _BARE.sub(lambda found: keep(_anchor(found[0], found[0])), words)
    plain = str(escape(words))
    shown = _STRONG.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", plain)
    shown = _STRUCK.sub(r"<del>\1</del>", _EMPHASIS.sub(r"<em>\1</em>", shown))
    return put_back(shown if _is_nested(shown) else plain)


def _is_nested(shown: str) -> bool:
    """Whether every emphasis ends before the one around it."""
    begun: list[str] = []
    for mark in _MARKED.finditer(shown):
        if not mark[1]:
            begun.append(mark[2])
        elif not begun or begun.pop() != mark[2]:
            return False
    return not begun


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """A line in parts, each with whether it is code: what stands between two runs of equally many backticks."""
    runs = list(_TICKS.finditer(text))
    later: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        later.setdefault(len(runs[number][0]), []).append(number)
    begin = number = 0
    while number < len(runs):
        run = runs[number]
        closers = later[len(run[0])]
        while closers and closers[-1] <= number:
            closers.pop()
        if closers:
            closer = runs[closers[-1]]
            yield text[begin : run.start()], False
            yield text[run.end() : closer.start()], True
            begin, number = closer.end(), closers[-1]
        number += 1
    yield text[begin:], False


def _anchor(target: str, words: str) -> Markup:
    return Markup('<a class="link" href="%s" rel="noopener noreferrer nofollow">%s</a>') % (target, words)
