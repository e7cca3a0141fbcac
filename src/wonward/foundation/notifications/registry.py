"""Topics people choose a level for, and the kinds of notices in them. Packages declare theirs in `handlers.py`."""

from __future__ import annotations

from dataclasses import dataclass

from wonward.foundation.notifications.types import Level


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person decides about as one; `hint` says in a sentence what belongs to it."""

    key: str
    label: str
    hint: str
    level: Level


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice, such as a handoff that waits; `label` stands above the record's name."""

    name: str
    label: str
    topic: str


_TOPICS: dict[str, Topic] = {}
_KINDS: dict[str, Kind] = {}


def declare_topic(key: str, label: str, hint: str, *, level: Level = Level.DIGEST, kinds: dict[str, str]) -> None:
    """Declare a topic with its default level and its kinds (name → label), once."""
    if key in _TOPICS:
        raise ValueError(f"The topic {key} is declared twice.")
    _TOPICS[key] = Topic(key, label, hint, level)
    for name, words in kinds.items():
        if name in _KINDS:
            raise ValueError(f"The kind of notice {name} is declared twice.")
        _KINDS[name] = Kind(name, words, key)


def list_topics() -> tuple[Topic, ...]:
    """Every topic by key."""
    return tuple(_TOPICS[key] for key in sorted(_TOPICS))


def kinds_of(topic: str) -> tuple[str, ...]:
    """The names of the kinds of notice that belong to a topic."""
    return tuple(name for name, kind in _KINDS.items() if kind.topic == topic)


def get_kind(name: str) -> Kind:
    """A declared kind; LookupError when no package declares it."""
    if name not in _KINDS:
        raise LookupError(f"No package declares the kind of notice {name}.")
    return _KINDS[name]


def label_of(name: str) -> str:
    """The words of a kind; of one that is gone, its name."""
    return _KINDS[name].label if name in _KINDS else name


def find_topic(key: str) -> Topic | None:
    """A declared topic, or None."""
    return _TOPICS.get(key)
