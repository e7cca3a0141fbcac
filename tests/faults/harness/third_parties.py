"""Mail servers that hang, lie, send without end, redirect or break off: what becomes of the letters, and of the worker.

The clocks of the transport are shortened, or the hanging ones would take hours; what they bound stays the same.
"""

from __future__ import annotations

import re
import resource
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.conf import settings

from tests.faults.harness.forks import Say, in_fork
from tests.faults.harness.installation import Installation
from tests.faults.harness.sweep import Findings
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.mail import transport
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.mail.operations import queue_mail
from wonward.kernel.actor import system_actor

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
LETTERS = 2
TRIES_OF_A_LETTER = 6
TIMEOUT_SECONDS, LETTER_SECONDS = 0.2, 0.6
MOST_SECONDS = 3.0 * LETTERS * TRIES_OF_A_LETTER * LETTER_SECONDS
MOST_MEGABYTES = 64
HUNG_SECONDS = 60
Talk = Callable[["Session"], None]


@dataclass
class Trap:
    """A mail server that behaves badly; `taken` holds the Message-ID of each letter it said it keeps."""

    name: str
    talk: Talk
    taken: list[str] = field(default_factory=list)
    port: int = 0


class Session(socketserver.StreamRequestHandler):
    """One connection; the trap says how it goes."""

    def handle(self) -> None:
        with suppress(OSError):
            self.server.trap.talk(self)  # type: ignore[attr-defined]

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def hear(self) -> str:
        return self.rfile.readline(2000).decode("latin-1").strip().upper()

    def letter(self) -> str:
        """Read a letter to its end; its Message-ID."""
        lines = []
        while (line := self.rfile.readline(2000)) not in (b".\r\n", b""):
            lines.append(line)
        found = re.search(rb"^Message-ID:\s*(\S+)", b"".join(lines), re.MULTILINE | re.IGNORECASE)
        return found[1].decode() if found else ""

    def keep(self, message_id: str) -> None:
        """Note down that the letter is kept, and only then say so."""
        self.server.trap.taken.append(message_id)  # type: ignore[attr-defined]
        self.say("250 kept")

    def usual(self, **answers: Callable[[], Any]) -> None:
        """As a server should, but for some commands."""
        self.say("220 here")
        while command := self.hear():
            verb = command.split(" ")[0]
            if verb in answers:
                answers[verb]()
            elif verb == "DATA":
                self.say("354 go on")
                self.keep(self.letter())
            else:
                self.say("250 fine" if verb != "QUIT" else "221 bye")


def _for_ever(session: Session, piece: bytes, pause: float = 0.0) -> None:
    while True:
        session.wfile.write(piece)
        time.sleep(pause)


def _silent(session: Session) -> None:
    session.rfile.read()


def _breaks_off_after_the_letter(session: Session) -> None:
    def data() -> None:
        session.say("354 go on")
        session.letter()
        session.connection.shutdown(socket.SHUT_RDWR)

    session.usual(DATA=data)


def _hangs_after_the_letter(session: Session) -> None:
    def data() -> None:
        session.say("354 go on")
        session.letter()
        session.rfile.read()

    session.usual(DATA=data)


TRAPS: tuple[tuple[str, Talk], ...] = (
    ("says nothing", _silent),
    ("greets a byte at a time", lambda session: _for_ever(session, b"2", 0.1)),
    ("greets without end", lambda session: _for_ever(session, b"220-hello\r\n" * 500)),
    ("sends one line without end", lambda session: _for_ever(session, b"2" * 8000)),
    ("sends noise", lambda session: _for_ever(session, b"\x00\xff\r\n\x80" * 100)),
    ("closes at once", lambda session: None),
    ("is busy", lambda session: session.say("421 too busy")),
    ("lists abilities without end", lambda session: session.usual(EHLO=lambda: _for_ever(session, b"250-X\r\n" * 500))),
    ("redirects", lambda session: session.usual(RCPT=lambda: session.say("551 user not local; please try <root@127.0.0.1>"))),
    ("says yes where it should ask", lambda session: session.usual(DATA=lambda: session.say("250 kept"))),
    ("breaks off after the letter", _breaks_off_after_the_letter),
    ("hangs after the letter", _hangs_after_the_letter),
    ("keeps the letter and hangs", lambda session: session.usual(QUIT=session.rfile.read)),
    ("keeps the letter and curses", lambda session: session.usual(QUIT=lambda: session.say("500 what"))),
    ("keeps the letter and babbles", lambda session: session.usual(QUIT=lambda: _for_ever(session, b"221-bye\r\n" * 500))),
)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side may hang up whenever it likes."""


@contextmanager
def set_up(name: str, talk: Talk) -> Iterator[Trap]:
    """The trap on a free port of this machine."""
    trap = Trap(name, talk)
    with _Server(("127.0.0.1", 0), Session) as server:
        server.trap = trap  # type: ignore[attr-defined]
        trap.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield trap
        finally:
            server.shutdown()


def run(place: Installation, *, plant: Callable[[], Any] | None = None, only: str = "") -> Findings:
    """Queue letters for each trap, let the jobs of a month run, and look at what became of them."""
    found = Findings("mail servers that behave badly", points=0, steps=len(TRAPS))
    for name, talk in (trap for trap in TRAPS if trap[0] == (only or trap[0])):
        place.bring_back("sale")
        with set_up(name, talk) as trap:
            heard = in_fork(lambda say, trap=trap: _month(say, trap.port, plant), seconds=HUNG_SECONDS)  # type: ignore[misc]
            found.points += 1
            found.faults += [(kind, f"a server that {name}: {words}") for kind, words in judge(heard.error, heard.said.get("result"), trap.taken)]
    return found


def _month(_: Say, port: int, plant: Callable[[], Any] | None) -> Any:
    if plant is not None:
        plant()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with mock.patch.multiple(transport, _TIMEOUT_SECONDS=TIMEOUT_SECONDS, _LETTER_SECONDS=min(LETTER_SECONDS, transport._LETTER_SECONDS)):
        ids = [queue_mail(actor=system_actor(), to="ada@example.com", subject="Hello", text="Words", now=NOW) for _ in range(LETTERS)]
        for hour in range(30 * 24):
            run_due_jobs(now=NOW + timedelta(hours=hour))
            if not OutgoingMail.objects.filter(pk__in=ids, state="queued").exists():
                break
    rows = list(OutgoingMail.objects.filter(pk__in=ids).values_list("pk", "state", "attempts", "last_error", "text"))
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"rows": rows, "seconds": time.monotonic() - started, "megabytes": megabytes}


def judge(error: str, told: Any, taken: list[str]) -> list[tuple[str, str]]:
    """Faults: letters noted as sent that nobody took, taken twice, given up without a word; a worker held up or filled up."""
    if error or told is None:
        return [("locked", error.strip().splitlines()[-1] if error else "the worker died")]
    faults = []
    sent = [row for row in told["rows"] if row[1] == "sent"]
    if len(told["rows"]) != LETTERS or len(sent) > len(set(taken)):
        faults.append(("lost", f"{len(sent)} letters are noted as sent, {len(set(taken))} were taken"))
    if len(taken) != len(set(taken)):
        faults.append(("duplicate", f"{len(set(taken))} letters were taken {len(taken)} times"))
    for _, state, attempts, last_error, text in told["rows"]:
        if state == "queued" or attempts > TRIES_OF_A_LETTER:
            faults.append(("locked", f"a letter is {state} after {attempts} attempts"))
        if state == "failed" and not (last_error and text):
            faults.append(("half-made", "a letter was given up without its reason or without its words"))
    if told["seconds"] > MOST_SECONDS:
        faults.append(("locked", f"the worker was held for {told['seconds']:.0f} s"))
    if told["megabytes"] > MOST_MEGABYTES:
        faults.append(("locked", f"the worker grew by {told['megabytes']:.0f} MB"))
    return faults


def without_bounds() -> None:
    """Planted: replies may be as long as they like and take as long as they like."""
    transport._MOST_REPLY_BYTES, transport._LETTER_SECONDS = 10**15, 10**6  # type: ignore[assignment]
    globals()["LETTER_SECONDS"] = 10**6


def sent_only_after_goodbye() -> None:
    """Planted: a letter counts as sent only once the server has said goodbye properly."""
    send = transport.SmtpTransport.send

    def strict(self: transport.SmtpTransport, message: Any) -> None:
        with mock.patch.object(transport, "suppress", return_value=_Strict()):
            send(self, message)

    transport.SmtpTransport.send = strict  # type: ignore[method-assign]


class _Strict:
    def __enter__(self) -> None:
        self.quit = mock.patch.object(transport._Smtp, "quit", _quit_properly)
        self.quit.start()

    def __exit__(self, *_: object) -> None:
        self.quit.stop()


def _quit_properly(connection: Any) -> None:
    code, words = connection.docmd("quit")
    if code != 221:
        raise transport.smtplib.SMTPResponseException(code, words)


# What is planted, and the server at which it must show.
CONTROLS: tuple[tuple[str, Callable[[], None], str], ...] = (
    ("a mail server that may answer without end", without_bounds, "greets without end"),
    ("a letter sent only after a proper goodbye", sent_only_after_goodbye, "keeps the letter and curses"),
)
