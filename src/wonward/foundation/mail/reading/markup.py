"""The words of an HTML page as plain text: paragraphs, lists and quotes stay readable, what nobody would see is left out.

A walk over the text that looks at each character a bounded number of times. The parser of the standard library is not used: on
markup that never ends it searched its whole rest again for every `<` in several of the versions of Python this runs on.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

MOST_MARKUP = 1_000_000
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_ATTRIBUTE = re.compile(r"""([a-z][a-z0-9:-]{0,40})(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_HIDDEN_STYLE = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all")
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "template", "object", "svg", "math", "select"})
_LINES = frozenset({
    "address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "header",
    "html", "main", "nav", "section", "table", "tbody", "tfoot", "thead", "tr", "ul", "ol", "li", "caption",
})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr"})
_CELLS = frozenset({"td", "th"})
_HIDEABLE = _LINES | _PARAGRAPHS | _CELLS | {"span", "font", "a", "b", "i", "u", "em", "strong", "small", "label", "center"}
_LONGEST_LINK, _DEEPEST = 300, 30


@dataclass(slots=True)
class _Page:
    """The lines so far; `gap` is how many line breaks lie before the next words."""

    lines: list[str] = field(default_factory=list)
    now: list[str] = field(default_factory=list)
    gap: int = 0
    quotes: int = 0
    last_quotes: int = 0
    lists: list[int] = field(default_factory=list)
    bullet: str = ""
    link: str = ""
    link_words: list[str] = field(default_factory=list)

    def add(self, text: str, *, is_kept: bool = False) -> None:
        words = text if is_kept else _SPACES.sub(" ", text)
        if is_kept and "\n" in words:
            first, *others = words.split("\n")
            self.add(first, is_kept=True)
            for line in others:
                self.end(1, is_break=True)
                self.add(line, is_kept=True)
            return
        if not self.now and not is_kept:
            words = words.lstrip(" ")
        if not words:
            return
        if not self.now:
            self._begin()
        if self.link:
            self.link_words.append(words)
        self.now.append(words)

    def _begin(self) -> None:
        if self.lines:
            self.lines += [_blank(min(self.quotes, self.last_quotes))] * max(0, self.gap - 1)
        self.gap, self.last_quotes = 0, self.quotes
        self.now.append(self._margin() + self.bullet)
        self.bullet = ""

    def _margin(self) -> str:
        return "> " * min(self.quotes, _DEEPEST) + "  " * max(0, min(len(self.lists), _DEEPEST) - 1)

    def end(self, breaks: int, *, is_break: bool = False) -> None:
        """End the line, with so many line breaks before the next; `is_break`: another one, as of <br>."""
        if self.now:
            self.lines.append("".join(self.now).rstrip())
            self.now = []
            self.gap = max(self.gap, breaks)
        elif self.lines:
            self.gap = min(3, self.gap + 1) if is_break else max(self.gap, breaks)

    def cell(self) -> None:
        if self.now and not "".join(self.now[-1:]).endswith("  "):
            self.now.append("  ")

    def open_link(self, target: str) -> None:
        self.link, self.link_words = target, []

    def close_link(self) -> None:
        target, said = self.link, "".join(self.link_words).strip()
        self.link = ""
        if target and said and said.rstrip("/") not in (target.rstrip("/"), target.split("://", 1)[1].rstrip("/")):
            self.add(f" <{target}>")


def _blank(quotes: int) -> str:
    return ("> " * min(quotes, _DEEPEST)).rstrip()


def read_markup(markup: str) -> tuple[str, bool]:
    """The text of a page, and whether that is all of it: very long pages are read up to MOST_MARKUP characters."""
    source = markup[:MOST_MARKUP]
    found = _walk(source, leaves_hidden_out=True)
    if not found.strip(" \n>"):
        found = _walk(source, leaves_hidden_out=False)
    return found, len(markup) <= MOST_MARKUP


def _walk(source: str, *, leaves_hidden_out: bool) -> str:
    page, low = _Page(), source.translate(_LOWER)
    lost: set[str] = set()
    place, kept = 0, 0
    while place < len(source):
        start = source.find("<", place)
        start = len(source) if start < 0 else start
        if start > place:
            page.add(_unescaped(source[place:start]), is_kept=kept > 0)
        if start >= len(source):
            break
        if low.startswith("<!--", start):
            place = _behind(low, "-->", start + 4, lost)
            continue
        if not (low[start + 1 : start + 2].isalpha() or low[start + 1 : start + 2] in ("/", "!", "?")):
            page.add("<", is_kept=kept > 0)
            place = start + 1
            continue
        end = _tag_end(source, start, lost)
        is_closing = low.startswith("</", start)
        name, attributes = _tag(low[start + (2 if is_closing else 1) : end - 1])
        place = end
        if not is_closing and name in _RAW:
            place = _behind(low, f"</{name}", end, lost)
            place = _tag_end(source, place, lost) if place < len(source) else place
            continue
        if not is_closing and leaves_hidden_out and name in _HIDEABLE and _is_hidden(attributes):
            place = _behind_element(low, name, end)
            continue
        kept += {False: 1, True: -1}[is_closing] if name == "pre" and (kept or not is_closing) else 0
        _step(page, name, is_closing, attributes, source[start:end] if name == "a" else "")
    page.end(0)
    return "\n".join(page.lines)


def _behind(low: str, mark: str, place: int, lost: set[str]) -> int:
    """Where the mark ends, the end of the page where it never comes; what never comes is searched for once."""
    at = -1 if mark in lost else low.find(mark, place)
    if at < 0:
        lost.add(mark)
        return len(low)
    return at + len(mark)


def _tag_end(source: str, place: int, lost: set[str]) -> int:
    """Behind the `>` that ends a tag: one inside the quotes of a value does not."""
    at = place
    while True:
        end = -1 if ">" in lost else source.find(">", at)
        if end < 0:
            lost.add(">")
            return len(source)
        quote = _opening_quote(source, at, end)
        if quote < 0:
            return end + 1
        mark = source[quote]
        close = -1 if f"={mark}" in lost else source.find(mark, quote + 1)
        if close < 0:
            lost.add(f"={mark}")
            return end + 1
        at = close + 1


_OPENING = re.compile(r"=[ \t\r\n]{0,20}([\"'])")


def _opening_quote(source: str, start: int, end: int) -> int:
    found = _OPENING.search(source, start, end)
    return found.start(1) if found else -1


def _tag(inner: str) -> tuple[str, str]:
    head = re.match(r"[a-z][^\s/>]{0,40}", inner)
    return (head[0], inner[head.end() :]) if head else ("", "")


def _is_hidden(attributes: str) -> bool:
    if "hidden" not in attributes and "display" not in attributes and "mso-hide" not in attributes:
        return False
    for found in _ATTRIBUTE.finditer(attributes[:4000]):
        value = found[2] or found[3] or found[4] or ""
        if found[1] == "hidden" or (found[1] == "style" and _HIDDEN_STYLE.search(value)):
            return True
    return False


def _behind_element(low: str, name: str, place: int) -> int:
    """Behind the end of an element that was opened, with those of its name inside it; the end of the page where it has none."""
    depth = 0 if name == "hr" else 1
    for found in re.compile(rf"<(/?){name}(?=[\s/>])[^<>]*>?").finditer(low, place) if depth else ():
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(low) if depth else place


def _step(page: _Page, name: str, is_closing: bool, attributes: str, whole: str) -> None:
    if name == "br":
        page.end(1, is_break=True)
    elif name == "blockquote":
        page.end(2)
        page.quotes = max(0, page.quotes + (-1 if is_closing else 1))
    elif name in ("ul", "ol"):
        page.end(1 if len(page.lists) > is_closing else 2)
        if is_closing:
            del page.lists[-1:]
        else:
            page.lists.append(0 if name == "ol" else -1)
    elif name == "li" and not is_closing:
        page.end(1)
        page.bullet = "- "
        if page.lists and page.lists[-1] >= 0:
            page.lists[-1] += 1
            page.bullet = f"{page.lists[-1]}. "
    elif name in _PARAGRAPHS:
        page.end(2)
    elif name in _LINES:
        page.end(1)
    elif name in _CELLS and not is_closing:
        page.cell()
    elif name == "a":
        page.close_link()
        if not is_closing:
            page.open_link(_target(whole))


def _target(tag: str) -> str:
    found = re.search(r"""\shref\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", tag[:4000], re.I)
    address = _unescaped((found[1] or found[2] or found[3] or "") if found else "").strip()
    is_shown = address.lower().startswith(("https://", "http://")) and len(address) <= _LONGEST_LINK
    return address if is_shown and not any(letter.isspace() or letter in "<>" for letter in address) else ""


def _unescaped(text: str) -> str:
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text
