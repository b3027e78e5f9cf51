"""The product as it is installed: `app.serve` in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.mail_server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_SECONDS = 90


class Installation:
    """A data folder and a database, served when asked for."""

    def __init__(self, folder: Path, database_url: str = "", *arguments: str, **environment: str):
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANTESALA_") and name != "DATABASE_URL"
        } | {"ANTESALA_RATE_LIMITS": "off", **environment}
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    @property
    def database_url(self) -> str:
        """The address of its database, for what no person can bring about."""
        own = f"sqlite:///{self.folder / 'var' / 'antesala.sqlite3'}"
        return self.environment.get("DATABASE_URL", own)

    def start(self) -> "Installation":
        """Serve, and wait until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.serve", "--port", str(self.port),
                 "--data", str(self.folder / "var"), *self.arguments],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self.status("/readyz") == 200:
                return self
            time.sleep(0.1)
        raise AssertionError(f"not ready:\n{self.log.read_text(encoding='utf-8')[-4000:]}")

    def status(self, path: str) -> int:
        """The status of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self) -> None:
        """`kill -9` of everything at once, as a power cut would."""
        assert self.process is not None
        for child in children(self.process.pid):
            os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait(10)


def children(pid: int) -> list[int]:
    """Every descendant of a process (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        text = (task / "children").read_text(encoding="ascii")
        for child in map(int, text.split()):
            found += [child, *children(child)]
    return found
