"""A program that talks to the API as the product's callers do."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.people import token_of
from wonward.kernel.actor import Actor


class Api:
    """One token's view of `/api/v1`. `get`, `post` … return (status, document); `last` is the response."""

    def __init__(self, actor: Actor | None, scopes: list[str] | None = None, token: str = "") -> None:
        self.token = token or (token_of(actor, scopes) if actor else "")
        self.client = Client(raise_request_exception=False)
        self.last: Any = None

    def send(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, content_type: str = "application/json",
             **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        address = path if path.startswith("/api") else f"/api/v1{path}"
        self.last = self.client.generic(method, address, content, content_type=content_type if content else "", headers=sent)
        if self.last.headers.get("Content-Type", "").startswith(("application/json", "application/problem+json")):
            return self.last.status_code, json.loads(self.last.content)
        return self.last.status_code, None

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.send("DELETE", path, body, **headers)

    def upload(self, path: str, fields: dict[str, Any], **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self.token}"
        self.last = self.client.post(f"/api/v1{path}", fields, headers=sent)
        return self.last.status_code, json.loads(self.last.content)


def fields_of(problem: Any) -> list[str]:
    """The fields a problem names."""
    return [error["field"] for error in problem["errors"]]
