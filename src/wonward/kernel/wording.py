"""Sentences for people: written once in English, said in the language of whoever reads them.

A floor below the doors knows no languages. It writes `worded("“{name}” is closed.", name=deal.name)`: a plain English string that
remembers its template and values. The switchboard says once, by `speak_with`, how a template is translated; `heard` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Any

Translate = Callable[[str], str]
DayWords = Callable[[date], str]
Speaking = Callable[[str], AbstractContextManager[None]]


class Sentence(str):
    """English words that remember what they were made of, so that another language can make them again."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Sentence:
        sentence = super().__new__(cls, template.format(**values))
        sentence.template, sentence.values = template, values
        return sentence

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.template, self.values


class Joined(str):
    """Several sentences as one; each is translated for itself."""

    __slots__ = ("between", "parts")
    parts: tuple[str, ...]
    between: str

    def __new__(cls, parts: tuple[str, ...], between: str) -> Joined:
        whole = super().__new__(cls, between.join(parts))
        whole.parts, whole.between = parts, between
        return whole

    def __getnewargs__(self) -> tuple[tuple[str, ...], str]:  # type: ignore[override]
        return self.parts, self.between


def worded(template: str, /, **values: object) -> Sentence:
    """A sentence for a person; `{name}` in the template stands for the value of that name, which may be a sentence itself.

    A day (`date`) stands as 2026-12-22 in the plain English, and in the reader's own form where it is heard.
    """
    return Sentence(template, values)


def joined(parts: Iterable[str], between: str = " ") -> Joined:
    """Sentences one after the other."""
    return Joined(tuple(parts), between)


class _Speaker:
    translate: Translate = staticmethod(str)
    speaking: Speaking = staticmethod(lambda language: nullcontext())
    day_words: DayWords = staticmethod(date.isoformat)


def speak_with(translate: Translate, speaking: Speaking, day_words: DayWords = date.isoformat) -> None:
    """From now on sentences are heard through this: it gets an English template and gives that of the reader's language.

    `speaking` lets everything in its block be heard by a reader of another language; `day_words` writes a day as that reader does.
    """
    _Speaker.translate, _Speaker.speaking, _Speaker.day_words = staticmethod(translate), staticmethod(speaking), staticmethod(day_words)


def speaking(language: str) -> AbstractContextManager[None]:
    """What is heard in this block is heard by a reader of the language: for mail, and for what is kept for one person."""
    return _Speaker.speaking(language)


def heard(text: str) -> str:
    """A text as the reader of the moment reads it. What no language knows stays as it is."""
    if isinstance(text, Joined):
        return text.between.join(heard(part) for part in text.parts)
    if isinstance(text, Sentence):
        values = {name: _heard_value(value) for name, value in text.values.items()}
        return _Speaker.translate(text.template).format(**values)
    return _Speaker.translate(text) if text else text


def _heard_value(value: object) -> object:
    if isinstance(value, Sentence | Joined):
        return heard(value)
    return _Speaker.day_words(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def heard_within(value: Any) -> Any:
    """What is to be kept, with its sentences said now; plain texts are somebody's own and stay."""
    if isinstance(value, Sentence | Joined):
        return heard(value)
    if isinstance(value, Mapping):
        return {name: heard_within(one) for name, one in value.items()}
    return [heard_within(one) for one in value] if isinstance(value, list | tuple) else value
