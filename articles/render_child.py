"""The watched process: reads texts from its input, writes HTML to its output, one at a time.

Each text has a budget of processor time. The kernel ends the process when it is spent, even in
the middle of a regular expression, where no Python code could.
"""

import json
import resource
import signal
import struct
import sys
from dataclasses import asdict
from typing import BinaryIO, Final

from articles.composing import compose

PROCESSOR_SECONDS: Final = 0.7
MEMORY_BYTES: Final = 1024 * 1024 * 1024
READY: Final = b"ready\n"
LENGTH: Final = struct.Struct(">I")


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; we end with its pipe
    sink.write(READY)
    sink.flush()
    while head := source.read(LENGTH.size):
        request = json.loads(source.read(LENGTH.unpack(head)[0]))
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
        try:
            composition = compose(
                request["text"],
                kind=request["kind"],
                video_hosts=frozenset(request["video_hosts"]),
                locale=request["locale"],
            )
        except (MemoryError, RecursionError):
            return
        signal.setitimer(signal.ITIMER_PROF, 0)
        answer = json.dumps(asdict(composition)).encode()
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
