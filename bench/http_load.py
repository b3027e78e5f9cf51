"""Loads a server over kept connections, and tells requests a second and latencies.

Blocking sockets in threads, with answers read no further than their length: what the client
does is to be small beside what the server does. Every attempt comes from an address of its own
(`X-Forwarded-For`), as those of many customers do, so that rate limits count what they should.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

PATH: Final = "/api/v1/suggestions"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN: Final = re.compile(rb'"attempt": ?"([^"]+)"')
_addresses: Final = count(1)


@dataclass
class Load:
    """What came of one round. Latencies in milliseconds."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    answer_bytes: int = 0

    @property
    def requests_per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    def add(self, other: "Load") -> None:
        """Put another round's requests to this one's."""
        self.seconds += other.seconds
        self.milliseconds += other.milliseconds
        self.answer_bytes += other.answer_bytes


def load(port: int, attempts: Sequence[Sequence[str]], *, connections: int, seconds: float) -> Load:
    """Post drafts for so long; each attempt is its drafts one after another under one token.

    Raises SystemExit when an answer is not 200.
    """
    results = [Load() for _ in range(connections)]
    failures: list[BaseException] = []
    barrier = threading.Barrier(connections + 1)
    until = [0.0]

    def work(number: int) -> None:
        try:
            mine = attempts[number::connections]
            with socket.create_connection(("127.0.0.1", port)) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                barrier.wait()
                _ask(link, mine, until, results[number])
        except BaseException as error:  # noqa: BLE001 - told by whoever started this thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in range(connections)]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    until[0] = started + seconds
    barrier.wait()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"the load failed: {failures[0]}")
    whole = Load(seconds=time.perf_counter() - started)
    for result in results:
        result.seconds = 0.0
        whole.add(result)
    return whole


def _ask(
    link: socket.socket, attempts: Sequence[Sequence[str]], until: list[float], result: Load
) -> None:
    for drafts in _forever(attempts):
        token: bytes | None = None
        address = next(_addresses)
        for draft in drafts:
            sent = _request(draft, token, address)
            started = time.perf_counter()
            link.sendall(sent)
            body = _answer(link)
            ended = time.perf_counter()
            result.milliseconds.append((ended - started) * 1000)
            result.answer_bytes += len(body)
            if ended >= until[0]:
                return
            found = _TOKEN.search(body)
            token = found.group(1) if found else None


def _forever(attempts: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    while True:
        yield from attempts


def _request(draft: str, token: bytes | None, address: int) -> bytes:
    asked = {"subject": draft, "body": ""}
    if token is not None:
        asked["attempt"] = token.decode("ascii")
    body = json.dumps(asked).encode()
    client = ".".join(str(part) for part in (10, *(address & 0xFFFFFF).to_bytes(3, "big")))
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Forwarded-For: {client}\r\nAccept-Language: en\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def _answer(link: socket.socket) -> bytes:
    got = link.recv(65536)
    while b"\r\n\r\n" not in got:
        got += _more(link)
    head, _, body = got.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(got.decode(errors="replace")[:500])
    while len(body) < int(length.group(1)):
        body += _more(link)
    return body


def _more(link: socket.socket) -> bytes:
    part = link.recv(65536)
    if not part:
        raise ConnectionError("the server closed the connection")
    return part
