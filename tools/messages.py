"""The words of the office and their translations.

    python tools/messages.py update    collect the messages of the source into every catalogue; new ones stay empty
    python tools/messages.py compile   write the compiled catalogues beside the readable ones
    python tools/messages.py check     exit 1 naming what is missing, unsure, or loses a placeholder

A message without a translation is shown in English. `pseudo` makes a language that is longer and accented of any catalogue, by
which the tests find words that never came here.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wonward.foundation.access.policy import ROLES

SOURCE = Path(__file__).resolve().parent.parent / "src" / "wonward"
DOORS = (SOURCE / "edges" / "web", SOURCE / "edges" / "portal")
LOCALES = SOURCE / "edges" / "web" / "locale"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
_KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
# Words that lower floors declare and the office translates where it shows them: call → places of its words.
_DECLARED = {"declare": (1,), "declare_topic": (1, 2), "LifecycleStep": (0,), "Loss": (0,), "lose": (0,), "Field": (1,), "GalleryTemplate": (1, 2)}
# Sentences that lower floors say to people: call → place of its words. `FieldError` and the like stand for constants without `worded`.
_SAID = {
    "worded": 0, "Refused": 0, "NotAllowed": 0, "Conflict": 0, "Stale": 0, "field": 1, "FieldError": 1, "NotFound": 0, "Wrong": 2, "problem": 2,
    "error_response": 2, "_missing": 1, "_refused": 0, "_refuse": 2, "CalendarNeverWorks": 0, "AbsurdValue": 0,
}
# The states that such sentences name: “D-1042 is {status}”.
_STATES = (
    "active", "applied", "applying", "approved", "archived", "asked", "awaiting acceptance", "broken", "cancelled", "checking", "confirmed", "converted",
    "declined", "disqualified", "done", "draft", "expired", "failed", "history", "in progress", "kept", "lost", "moved", "not done", "open", "paused", "planned",
    "ready", "rejected", "released", "replaced", "requested", "returned", "review", "running", "searching", "sent", "settled", "signed", "staged",
    "superseded", "taken back", "to do", "undoing", "undone", "verified", "waiting", "withdrawn", "won",
    "companies", "contacts", "deals", "leads", "people", "projects", "services", "tasks", "communications", "users", "hours", "minutes", "days", "seconds",
)
_PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%%|\{[a-z_]*\}|<[^>]+>|&[a-z]+;", re.IGNORECASE)
_ACCENTS = str.maketrans("aceinosuyzACEINOSUYZ", "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ")


@cache
def collect() -> Catalog:
    """Every message of the source, read once a process."""
    found = Catalog(project="Wonward", charset="utf-8", fuzzy=False)
    for door in DOORS:
        extracted = extract_from_dir(str(door), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS)  # type: ignore[arg-type]
        for _file, _line, message, _comments, context in extracted:
            found.add(message, context=context)
    for message in (*ROLES.values(), *declared(), *said_below(), *_STATES):
        found.add(message)
    return found


def declared() -> Iterator[str]:
    """The words in calls such as declare("sales.deal.win", "Close deals as won"); of a topic its kinds as well."""
    for _, name, call in _calls():
        if name in _DECLARED:
            spoken = [call.args[place] for place in _DECLARED[name] if place < len(call.args)]
            spoken += [value for one in call.keywords if isinstance(one.value, ast.Dict) for value in one.value.values]
            yield from (str(node.value) for node in spoken if isinstance(node, ast.Constant) and isinstance(node.value, str))


def said_below() -> Iterator[str]:
    """The sentences, and templates of sentences, by which lower floors and the API refuse something."""
    for _, name, call in _calls():
        if (place := _SAID.get(name)) is not None and place < len(call.args):
            yield from (text for text in _constants(call.args[place]) if any(sign.isalpha() for sign in _PLACEHOLDER.sub("", text)))


def unsayable() -> Iterator[str]:
    """Refusals put together out of pieces, which no catalogue can hold: `path:line`."""
    for path, name, call in _calls():
        place = _SAID.get(name)
        if place is not None and place < len(call.args) and not _is_sayable(call.args[place]):
            yield f"{path.relative_to(SOURCE)}:{call.lineno}"


@cache
def _calls() -> tuple[tuple[Path, str, ast.Call], ...]:
    """The calls of the source that may say something: where, the last word of what is called, and the call; read once a process."""
    return tuple(
        (path, name, call) for path in sorted(SOURCE.rglob("*.py")) for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and (name := _called(call)) in _SAID.keys() | _DECLARED.keys()
    )


def _is_sayable(words: ast.expr) -> bool:
    if isinstance(words, ast.IfExp):
        return _is_sayable(words.body) and _is_sayable(words.orelse)
    return not isinstance(words, ast.JoinedStr) and not (isinstance(words, ast.BinOp) and isinstance(words.op, ast.Add))


def _constants(words: ast.expr) -> Iterator[str]:
    if isinstance(words, ast.IfExp):
        yield from (*_constants(words.body), *_constants(words.orelse))
    elif isinstance(words, ast.Constant) and isinstance(words.value, str):
        yield words.value


def _called(call: ast.Call) -> str:
    """The last word of what a call calls, or nothing."""
    called = call.func
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def catalogues() -> Iterator[Path]:
    """The readable catalogues of every language."""
    yield from sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """One catalogue."""
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name)


def update(path: Path, source: Catalog) -> None:
    """Put new messages in and take those away that nobody says any more."""
    catalogue = read(path)
    catalogue.update(source, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    write(path, catalogue)


def write(path: Path, catalogue: Catalog) -> None:
    """Sorted and without places, so that two people's changes meet on few lines."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, no_location=True, omit_header=False, sort_output=True, ignore_obsolete=True)
    lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def compiled(catalogue: Catalog) -> bytes:
    """As gettext reads it; unsure translations are left out."""
    catalogue.creation_date = catalogue.revision_date = datetime(1970, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults(catalogue: Catalog, source: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one sentence each."""
    for message in source:
        if not message.id:
            continue
        found = catalogue.get(message.id, context=message.context)
        name = said(message)[0][:60]
        if found is None or not all(translations(found)):
            yield f"missing: {name}"
        elif found.fuzzy:
            yield f"unsure: {name}"
        else:
            wanted = {place for text in said(message) for place in _PLACEHOLDER.findall(text)}
            for text in translations(found):
                if not set(_PLACEHOLDER.findall(text)) <= wanted:
                    yield f"another placeholder than in English: {name}"


def said(message: Message) -> list[str]:
    """The English words: one, or singular and plural."""
    return list(message.id) if isinstance(message.id, tuple | list) else [str(message.id)]


def translations(message: Message) -> list[str]:
    """The translated words, one per plural form."""
    return list(message.string) if isinstance(message.string, tuple | list) else [str(message.string)]


def pseudo(source: Catalog) -> Catalog:
    """Every message longer and accented, in brackets that show where it ends."""
    found = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for message in source:
        if message.id:
            words = [stretched(text) for text in said(message)]
            found.add(message.id, tuple(words) if len(words) > 1 else words[0], context=message.context)
    return found


def stretched(text: str) -> str:
    """One message as the pseudo-language says it; placeholders and tags stay."""
    whole = "".join(
        part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTS) for part in re.split(f"({_PLACEHOLDER.pattern})", text, flags=re.IGNORECASE)
    )
    return f"⟦{whole}{'·' * max(1, len(text) // 3)}⟧"


def _check(source: Catalog, say: Callable[[str], object]) -> int:
    worst = 0
    for path in catalogues():
        catalogue = read(path)
        found = list(faults(catalogue, source))
        stale = not path.with_suffix(".mo").exists() or path.with_suffix(".mo").read_bytes() != compiled(catalogue)
        for fault in [*found, *(["compiled: run tools/messages.py compile"] if stale else [])]:
            say(f"{path.parent.parent.name} {fault}\n")
            worst = 1
    return worst


def main() -> int:
    """Exit status 0 when everything is said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["update", "compile", "check"])
    asked = parser.parse_args().what
    source = collect()
    if asked == "check":
        return _check(source, sys.stdout.write)
    for path in catalogues():
        if asked == "update":
            update(path, source)
        path.with_suffix(".mo").write_bytes(compiled(read(path)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
