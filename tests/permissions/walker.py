"""Sending requests as somebody, and judging every answer: what was written, and which canary it carries."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, override_settings
from jinja2 import TemplateNotFound

from tests.people import token_of
from tests.permissions.watch import MAY_CHANGE_ON_READING, MAY_CHANGE_ON_REFUSAL, WriteWatch, checksums
from tests.permissions.world import CANARIES, World
from wonward.edges.api.v1 import site
from wonward.edges.api.v1.limits import RateLimit
from wonward.edges.web.shell import render
from wonward.foundation.access.operations import renew_recovery_codes

CHECK_EVERY = 200
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,'\u00a0\u202f ](?=\d)")
_SECRET_LOOKING = re.compile(r"[A-Za-z0-9]{64}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, all that a reader could learn, where it points, and the tables written on the way."""

    status: int
    text: str
    location: str
    written: frozenset[str]
    content: str = ""

    @property
    def is_refused(self) -> bool:
        return self.status >= 400

    def without(self, *ids: int) -> tuple[int, str]:
        """Status and text with the given ids and the form token left out, for comparing two answers."""
        text = _SECRET_LOOKING.sub("TOKEN", self.content)
        for key in ids:
            text = re.sub(rf"(?<!\d){key}(?!\d)", "ID", text)
        return self.status, text


@dataclass(slots=True)
class Walker:
    """Everybody's clients and tokens, a count of what was asked, and everything that was wrong."""

    world: World
    count: int = 0
    faults: list[str] = field(default_factory=list)
    heard: dict[str, set[str]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    undrawn: set[str] = field(default_factory=set)
    _clients: dict[str, Client] = field(default_factory=dict)
    _program: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    _tokens: dict[str, str] = field(default_factory=dict)
    _contexts: list[str] = field(default_factory=list)
    _log: _Log = field(default_factory=lambda: _Log())
    _sums: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        """A session and a token for everybody, before the first checksum."""
        for role, actor in self.world.actors.items():
            client = Client(raise_request_exception=False)
            done = client.post("/sign-in/", {"email": f"{role}@studio.test", "password": self.world.password})
            assert done.status_code == 302, (role, done.status_code)
            if done.headers["Location"] == "/sign-in/code/":
                assert actor.user_id is not None
                done = client.post("/sign-in/code/", {"code": renew_recovery_codes(user_id=actor.user_id)[0]})
            assert done.headers["Location"] == "/", role
            self._clients[role] = client
            self._tokens[role] = token_of(actor)
        self._clients["anonymous"] = Client(raise_request_exception=False)
        self._tokens["anonymous"] = ""
        self._sums = checksums()

    def api(
        self, role: str, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request of a program."""
        sent = dict(headers or {})
        if self._tokens[role]:
            sent["Authorization"] = f"Bearer {self._tokens[role]}"
        address = f"/api/v1{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        if form is not None:
            file = SimpleUploadedFile("plan.txt", b"Subject: A plan\n\nA plan in words.")
            return self._judge(role, method, address, lambda client: client.post(address, {**form, "file": file}, headers=sent))
        content = b"" if body is None else json.dumps(body).encode()
        return self._judge(
            role, method, address,
            lambda client: client.generic(
                method, address, content, content_type="application/json" if content else "", headers=sent
            ),
            is_api=True,
        )

    def web(
        self, role: str, method: str, path: str, data: Mapping[str, Any] | None = None, *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request of a browser; `data` is the query of a GET and the form of a POST."""
        ask = "get" if method == "GET" else "post"
        return self._judge(
            role, method, path, lambda client: getattr(client, ask)(path, dict(data or {}), headers=dict(headers or {}))
        )

    def _judge(self, role: str, method: str, address: str, ask: Any, *, is_api: bool = False) -> Answer:
        """Ask in a savepoint: what is refused stays, so that a checksum can tell; what succeeds is taken back."""
        self._contexts.clear()
        self._log.lines.clear()
        watch = WriteWatch()
        mark = transaction.savepoint()
        client = self._program if is_api else self._clients[role]
        cookies = dict(client.cookies)
        with connection.execute_wrapper(watch):
            response = ask(client)
        client.cookies.clear()
        client.cookies.update(cookies)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text = content.decode("utf-8", "replace")
        location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
        told = "\n".join([text, location, response.headers.get("HX-Trigger", ""),
                          response.headers.get("Content-Disposition", ""), *self._contexts])
        found = Answer(response.status_code, told, location, frozenset(watch.tables), text)
        if found.status >= 400 and not found.written - MAY_CHANGE_ON_REFUSAL:
            transaction.savepoint_commit(mark)
        else:
            transaction.savepoint_rollback(mark)
        self.count += 1
        self.statuses[found.status] += 1
        self._judge_writes(f"{role} {method} {address}", method, found)
        self._listen(role, f"{method} {address}", told, address)
        self._read_log(f"{role} {method} {address}", address)
        if self.count % CHECK_EVERY == 0:
            self.check_tables()
        return found

    def _judge_writes(self, who: str, method: str, answer: Answer) -> None:
        extra = answer.written - MAY_CHANGE_ON_REFUSAL
        if answer.is_refused and extra:
            self.faults.append(f"{who} is refused with {answer.status}, yet writes {', '.join(sorted(extra))}.")
        extra -= MAY_CHANGE_ON_READING
        if method == "GET" and extra:
            self.faults.append(f"{who} only reads, yet writes {', '.join(sorted(extra))}.")
        if answer.status >= 500:
            self.faults.append(f"{who} fails with {answer.status}.")

    def _listen(self, role: str, what: str, told: str, address: str) -> None:
        """Note which canaries this role hears; what it sent itself comes back as an echo and does not count."""
        lower = told.lower()
        digits = _BETWEEN_DIGITS.sub("", told)
        for canary in CANARIES:
            if canary.text in address.lower():
                continue
            if canary.text in (digits if canary.is_amount else lower):
                self.heard.setdefault(canary.name, set()).add(role)
                if role not in canary.known_to:
                    self.faults.append(f"{role} {what} tells the {canary.name}.")

    def _read_log(self, who: str, address: str) -> None:
        """A log is read by people of every kind and kept for long: no canary may stand in it, whoever asked."""
        logged = "\n".join(self._log.lines).lower()
        digits = _BETWEEN_DIGITS.sub("", logged)
        for canary in CANARIES:
            if canary.text not in address.lower() and canary.text in (digits if canary.is_amount else logged):
                self.faults.append(f"{who} leaves the {canary.name} in the log.")

    def check_tables(self) -> None:
        """Every table is as it was before the first request."""
        now = checksums()
        changed = sorted(name for name in now.keys() | self._sums.keys() if now.get(name) != self._sums.get(name))
        if changed:
            self.faults.append(f"After {self.count} requests the tables {', '.join(changed)} are not what they were.")
            self._sums = now

    def take_faults(self) -> list[str]:
        """What was wrong since the last time, without repetitions."""
        found, self.faults = list(dict.fromkeys(self.faults)), []
        return found

    def report(self, more: Iterable[str] = ()) -> None:
        """Fail with everything that was wrong since the last time."""
        wrong = [*self.take_faults(), *more]
        if wrong:
            raise AssertionError("\n".join(["The walk found:", *wrong]))

    @contextmanager
    def at_work(self) -> Iterator[Walker]:
        """Without the rate limit, and with every page's values in the open, drawn or not."""
        plain_files = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        with (
            override_settings(STORAGES=plain_files),
            patch.object(site, "LIMIT", RateLimit(0)),
            patch.object(render, "_template", self._open_template),
            self._log.kept(),
        ):
            yield self

    def _open_template(self, name: str) -> Any:
        try:
            real = _TEMPLATE(name)
        except TemplateNotFound:
            self.undrawn.add(name)
            real = None
        return _Opened(real, self._contexts, self._note_question)

    def _note_question(self, execute: Any, sql: str, *arguments: Any) -> Any:
        """A template that asks the database is a fault: what a page shows was fetched, and redacted, before it is drawn."""
        self.faults.append(f"A template asks the database: {sql[:200]}")
        return execute(sql, *arguments)


_TEMPLATE = render._template


class _Opened:
    """A template that also tells what it was given: redaction happens before it, so no value may be too much."""

    def __init__(self, real: Any, contexts: list[str], on_question: Any) -> None:
        self._real, self._contexts, self._on_question = real, contexts, on_question
        self.blocks: Any = {name: self._watched(block) for name, block in real.blocks.items()} if real else _NoBlocks()

    def _watched(self, block: Any) -> Any:
        """The block, drawn to its end while every question to the database is noted."""

        def draw(context: Any) -> list[str]:
            with connection.execute_wrapper(self._on_question):
                return list(block(context))

        return draw

    @property
    def module(self) -> Any:
        """Its macros, for what is drawn piece by piece."""
        return self._real.module

    def _note(self, values: Mapping[str, Any]) -> None:
        self._contexts.append(repr({name: value for name, value in values.items() if name not in ("request", "values", "query")}))

    def render(self, values: Mapping[str, Any]) -> str:
        self._note(values)
        if not self._real:
            return "Not drawn yet."
        with connection.execute_wrapper(self._on_question):
            return self._real.render(values)

    def new_context(self, values: Mapping[str, Any]) -> Any:
        self._note(values)
        return self._real.new_context(values) if self._real else values


class _Log(logging.Handler):
    """Keeps every line that the product logs, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Listen at the root, and at every logger that does not tell the root."""
        named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
        listening = [logging.root, *(one for one in named if not one.propagate)]
        for one in listening:
            one.addHandler(self)
        try:
            yield
        finally:
            for one in listening:
                one.removeHandler(self)


class _NoBlocks:
    def __getitem__(self, name: str) -> Any:
        return lambda _values: ["Not drawn yet."]
