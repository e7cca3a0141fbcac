"""The words of the source, collected once for each state of the sources: four processes of one run would otherwise each read every file for them."""

from __future__ import annotations

import pickle
from pathlib import Path

from babel.messages.catalog import Catalog
from tools import messages

from tests.laid_out import kept

_FILE = "words.pickle"


def collected_words() -> Catalog:
    """Every message of the source, in a catalogue of the asker's own."""
    folder = kept("words", _holds_words, _collect, state=Path(messages.__file__).read_text(encoding="utf-8"))
    return pickle.loads((folder / _FILE).read_bytes())


def _collect(making: Path) -> None:
    (making / _FILE).write_bytes(pickle.dumps(messages.collect()))


def _holds_words(path: Path) -> bool:
    return path.suffix in (".py", ".html")
