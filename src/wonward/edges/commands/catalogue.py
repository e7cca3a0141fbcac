"""Every command: its name, what it does, its arguments, and the module that runs it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from wonward.foundation.access.policy import ROLES

_HERE = "wonward.edges.commands"
_MOST_KEPT = 10_000
Arguments = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True, slots=True)
class Command:
    """`module` has a function `run(arguments) -> int`; it is imported when the command is called."""

    name: str
    help: str
    module: str
    add_arguments: Arguments
    needs_django: bool = True


def _nothing(parser: argparse.ArgumentParser) -> None:
    del parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer as JSON, for programs")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default WONWARD_HOST or 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default WONWARD_PORT or 8000)")
    parser.add_argument("--no-worker", action="store_true", help="run jobs and events elsewhere, by `wonward worker`")


def _user_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--role", required=True, choices=sorted(ROLES))
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _json(parser)


def _token_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="EMAIL")
    parser.add_argument("--name", default="Command line", help="what the token is for")
    parser.add_argument(
        "--scope", nargs="+", action="extend", metavar="PERMISSION", help="narrow it to these permissions (default: all)"
    )


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a CSV or spreadsheet file")
    parser.add_argument("--kind", required=True, help="companies, contacts, deals, services, users, communications, projects, tasks")
    parser.add_argument("--mapping", metavar="FILE", help="JSON: the field of each header, null to leave it out")
    parser.add_argument("--commit", action="store_true", help="write the rows; without it they are only staged")
    _json(parser)


def _email(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="e-mails as they arrived (.eml); - or none reads one from standard input")
    parser.add_argument("--ref", action="append", metavar="REF", help="a record they belong to, such as sales.deal:12; may be repeated (default: found by their people)")
    parser.add_argument("--as", dest="as_user", default="", metavar="EMAIL", help="with the rights of this colleague (default: those of the system)")
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="an empty or new folder")
    parser.add_argument(
        "--with-secrets", action="store_true", help="passwords, second factors, tokens and links too, so that everybody can go on signing in"
    )
    _json(parser)


def _import_house(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="a folder that `wonward export` wrote")
    _json(parser)


def _erase_colleague(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address they signed in with")
    parser.add_argument("--reason", default="", help="why, for instance who asked for it and when")
    parser.add_argument("--dry-run", action="store_true", help="only tell where something of them lies")
    _json(parser)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_KEPT:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {_MOST_KEPT}, not {text!r}")
    return int(text)


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the tar file to write; with --keep, the folder")
    parser.add_argument("--verify", action="store_true", help="read it back: every hash, and whether the database in it is whole")
    parser.add_argument("--keep", type=_count, default=0, metavar="N", help="name the file after the moment, and keep the newest N in the folder")
    _json(parser)


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file that `wonward backup` wrote")
    _json(parser)


def _engine_cpm(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a problem as JSON, or a list of them; - reads standard input")


def _engine_forecast(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="open deals, confirmed load and capacity as JSON; - reads standard input")
    parser.add_argument("--draws", type=int, default=4000, metavar="N", help="simulated worlds (4000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same answer (0)")


def _engine_level(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+",
        help="PSPLIB .sm, MSPSP .dzn, or a problem as JSON; - reads JSON from standard input. One JSON line each",
    )
    parser.add_argument("--seconds", type=float, help="time limit of each file's search (default 10 in tier 2; tier 1 needs none)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same answer, unless the clock cut it short (default 0)")
    parser.add_argument(
        "--tier", type=int, choices=(1, 2),
        help="1: rules, in milliseconds; 2: search and proof (default 2 where --seconds is given, otherwise 1)",
    )


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("only", nargs="?", choices=("capacity", "leveling", "forecast", "load", "portfolio"), help="measure only this (default: everything)")


COMMANDS: tuple[Command, ...] = (
    Command("serve", "Serve the web pages and the API, with a worker beside them.", f"{_HERE}.serve", _serve),
    Command("first-run", "Lay out the database, load the sample company once, and serve.", f"{_HERE}.first_run", _serve),
    Command("demo", "Load the removable sample company; again changes nothing.", f"{_HERE}.demo", _nothing),
    Command("worker", "Run jobs and deliver events until told to stop.", f"{_HERE}.worker", _nothing, False),
    Command("migrate", "Bring the database to this version.", f"{_HERE}.migrate", _nothing),
    Command("user create", "Add a person with a sign-in.", f"{_HERE}.user", _user_create),
    Command("token create", "Make an API token and print it, once.", f"{_HERE}.token", _token_create),
    Command("import", "Read a file, and with --commit write its rows.", f"{_HERE}.import_file", _import),
    Command("email", "Take e-mails into the log, from files or standard input.", f"{_HERE}.email", _email),
    Command("export", "Write everything as CSV and JSON, with its relations and the files.", f"{_HERE}.export", _export),
    Command("import-house", "Take over an export into an empty installation.", f"{_HERE}.import_house", _import_house),
    Command("erase-colleague", "Erase a former colleague from everything; what they did stays without their name.", f"{_HERE}.erase_colleague", _erase_colleague),
    Command("check", "Verify what must always be true; exit 1 on a violation.", f"{_HERE}.check", _json),
    Command("reindex", "Write the search index anew at once; after an upgrade the worker does so by itself.", f"{_HERE}.reindex", _json),
    Command("backup", "Write database and documents into one file.", f"{_HERE}.backup", _backup),
    Command("restore", "Bring a backup back into an empty installation, then check it.", f"{_HERE}.restore", _restore),
    Command("doctor", "Tell versions, settings, and what is unsafe.", f"{_HERE}.doctor", _json),
    Command("engine cpm", "Schedule a plan given as JSON.", f"{_HERE}.engine_cpm", _engine_cpm, False),
    Command("engine forecast", "Forecast demand from open deals given as JSON.", f"{_HERE}.engine_forecast", _engine_forecast, False),
    Command("engine level", "Level plans under limited resources, with a bound and reasons.", f"{_HERE}.engine_level", _engine_level, False),
    Command("bench", "Measure this version and print JSON lines.", f"{_HERE}.bench.command", _bench),
    Command("openapi", "Print the description of the REST API.", f"{_HERE}.openapi", _nothing),
)
