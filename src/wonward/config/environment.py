"""Reads the environment variables of the documentation into one frozen value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Environment:
    """What the outside decides."""

    data_dir: Path
    database: dict[str, Any]
    host: str
    port: int
    workers: int
    base_url: str
    secret_key: str
    smtp_url: str
    s3_url: str
    is_local_mode: bool
    has_own_secret: bool
    trusted_proxies: tuple[str, ...] = ()
    backup_dir: Path = Path("backups")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def allowed_hosts(self) -> list[str]:
        named = urlsplit(self.base_url).hostname
        return sorted({*_LOOPBACK, *([named] if named else []), "[::1]", "testserver"})

    def problems(self) -> list[str]:
        """Why this environment is unsafe outside local mode; empty when it is fine."""
        if self.is_local_mode:
            return []
        found = []
        if not self.base_url or urlsplit(self.base_url).hostname in _LOOPBACK:
            found.append("WONWARD_BASE_URL must name the public address, such as https://crm.example.com.")
        elif not self.is_https and os.environ.get("WONWARD_ALLOW_HTTP") != "1":
            found.append("WONWARD_BASE_URL must start with https:// (or set WONWARD_ALLOW_HTTP=1 in a private network).")
        if self.has_own_secret and len(self.secret_key) < 32:
            found.append("WONWARD_SECRET_KEY must have at least 32 characters.")
        return found


def read_environment(env: Mapping[str, str]) -> Environment:
    """Build the Environment; creates the data folder and its secret key file (0600) when missing."""
    data_dir = Path(env.get("WONWARD_DATA_DIR") or "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    host = env.get("WONWARD_HOST") or "127.0.0.1"
    port = int(env.get("WONWARD_PORT") or 8000)
    mode = env.get("WONWARD_MODE") or ("local" if host in _LOOPBACK else "production")
    return Environment(
        data_dir=data_dir,
        database=_database(env.get("WONWARD_DATABASE_URL") or "", data_dir),
        host=host,
        port=port,
        workers=int(env.get("WONWARD_WORKERS") or 1),
        base_url=(env.get("WONWARD_BASE_URL") or f"http://{host}:{port}").rstrip("/"),
        secret_key=env.get("WONWARD_SECRET_KEY") or _secret_key(data_dir / "secret.key"),
        smtp_url=env.get("WONWARD_SMTP_URL") or "",
        s3_url=env.get("WONWARD_S3_URL") or "",
        is_local_mode=mode == "local",
        has_own_secret=bool(env.get("WONWARD_SECRET_KEY")),
        trusted_proxies=_networks(env.get("WONWARD_TRUSTED_PROXIES") or ""),
        backup_dir=Path(env.get("WONWARD_BACKUP_DIR") or data_dir / "backups").resolve(),
    )


def _networks(text: str) -> tuple[str, ...]:
    """`10.0.0.5, 172.16.0.0/12` as networks; a ValueError names what is none."""
    return tuple(str(ip_network(part.strip(), strict=False)) for part in text.split(",") if part.strip())


def _secret_key(path: Path) -> str:
    if not path.exists():
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text().strip()


def _database(url: str, data_dir: Path) -> dict[str, Any]:
    if not url:
        url = f"sqlite:///{data_dir / 'wonward.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "wonward.foundation.database.sqlite",
            "NAME": url.removeprefix("sqlite://"),
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
            "CONN_MAX_AGE": None,
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise SystemExit(f"WONWARD_DATABASE_URL starts with {parts.scheme}:, which is neither sqlite: nor postgres:.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "wonward.foundation.database.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=15000 -c statement_timeout=60000 -c jit=off"},
    }
