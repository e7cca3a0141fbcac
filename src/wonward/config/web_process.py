"""One web process: granian around the ASGI application. Started and watched by `config.server`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from importlib import import_module
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

_BACKLOG = 1024
_MOST_CONNECTIONS = 8192


def main() -> None:
    """Serve until SIGTERM or SIGINT, then end the streams, finish the open requests and return."""
    parser = argparse.ArgumentParser(prog="python -m wonward.config.web_process")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--application", required=True, help="MODULE:NAME")
    arguments = parser.parse_args()
    module, name = arguments.application.split(":")
    asyncio.run(_serve(getattr(import_module(module), name), arguments.host, arguments.port))


async def _serve(application: Any, host: str, port: int) -> None:
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    server = Server(
        application,
        address=str(address),
        port=port,
        interface=Interfaces.ASGI,
        backlog=_BACKLOG,
        backpressure=_MOST_CONNECTIONS,
        websockets=False,
        log_level=LogLevels.error,
    )

    def stop() -> None:
        # Streams never end by themselves, and the server waits for what is open.
        application.stop()
        server.stop()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    await server.serve()


if __name__ == "__main__":
    main()
