"""An SMTP server in a thread: it keeps what it is given, or answers as the test wishes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Script:
    """What the server says to which command, and what it heard."""

    answers: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    port: int = 0


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        script: Script = self.server.script  # type: ignore[attr-defined]
        self._say("220 testing")
        while line := self.rfile.readline():
            text = line.decode().strip()
            script.heard.append(text)
            verb = text.split(" ")[0].upper()
            usual = {"EHLO": "250 testing", "DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 fine")
            answer = script.answers.get(verb, usual)
            self._say(answer)
            if verb == "DATA" and answer.startswith("354"):
                script.letters.append(self._letter())
                self._say(script.answers.get(".", "250 kept"))
            if verb == "QUIT":
                return

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def smtp_server(**answers: str) -> Iterator[Script]:
    """Run the server on a free port of this machine; `answers` maps a command to its reply."""
    script = Script(answers={verb.upper(): answer for verb, answer in answers.items()})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.script = script  # type: ignore[attr-defined]
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
