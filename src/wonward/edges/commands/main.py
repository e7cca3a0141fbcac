"""The `wonward` command. Light: Django and the packages are loaded only by the command that needs them."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from wonward.edges.commands.catalogue import COMMANDS, Command
from wonward.edges.commands.output import complain
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.garbage import searched_seldom

SETTINGS = "wonward.config.settings"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did its work, 1 when it could not, 2 when it was called wrongly."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    command: Command | None = getattr(arguments, "command", None)
    if command is None:
        getattr(arguments, "parser", parser).print_help()
        return 2 if argv or len(sys.argv) > 1 else 0
    try:
        with searched_seldom():
            return _run(command, arguments)
    except KeyboardInterrupt:
        complain("Stopped.")
        return 1
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments; `user create` is two words."""
    parser = argparse.ArgumentParser(prog="wonward", description="One system for the whole life of a client.")
    first = parser.add_subparsers(title="commands", metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        place = first
        if group:
            if group not in groups:
                words = [other.name.removeprefix(f"{group} ") for other in COMMANDS if other.name.startswith(f"{group} ")]
                owner = first.add_parser(group, help=f"{group} {' | '.join(words)}")
                owner.set_defaults(parser=owner)
                groups[group] = owner.add_subparsers(title="commands", metavar="COMMAND")
            place = groups[group]
        own = place.add_parser(name, help=command.help, description=command.help)
        command.add_arguments(own)
        own.set_defaults(command=command)
    return parser


def _run(command: Command, arguments: argparse.Namespace) -> int:
    try:
        if command.needs_django:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
            import_module("django").setup()
        # By name, so that `serve` never loads what only `export` needs.
        return import_module(command.module).run(arguments)
    except Refused as refusal:
        for line in dict.fromkeys([error.message for error in refusal.errors] or [refusal.message]):
            complain(line)
    except NotFound as missing:
        complain(missing.message)
    except BrokenPipeError:
        raise
    except OSError as error:
        complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    except SystemExit as leaving:
        if not isinstance(leaving.code, str):
            raise
        complain(leaving.code)
    except Exception as error:
        if os.environ.get("WONWARD_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        complain(_sentence(error))
    return 1


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "no such table" in text or ("relation" in text and "does not exist" in text):
        return f"The database is not laid out yet; run `wonward migrate` first ({text})."
    return f"{type(error).__name__}: {text}"[:500]


if __name__ == "__main__":
    raise SystemExit(main())
