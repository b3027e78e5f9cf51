"""A real mail server inside the test's process."""

import socket
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mail_server(handler: Any) -> Controller:
    """A server, not yet started, that gives each message to the handler."""
    return Controller(handler, hostname="127.0.0.1", port=free_port())
