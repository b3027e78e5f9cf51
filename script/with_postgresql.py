"""Run a command beside a PostgreSQL cluster of its own, and stop the cluster again.

with_postgresql.py BIN-FOLDER COMMAND [ARGUMENT …]; the command finds the cluster's address in
TEST_DATABASE_URL. The cluster lives in a temporary folder and listens on loopback alone.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cluster_owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: somebody else to run it as, or None when not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("Running as root, and there is neither a user postgres nor nobody for the cluster.")


def main() -> int:
    """Start, run, stop; returns the command's exit status."""
    binaries, command = Path(sys.argv[1]), sys.argv[2:]
    owner = cluster_owner()
    folder = Path(tempfile.mkdtemp(prefix="antesala-postgresql-", dir="/tmp"))
    port = free_port()

    def run(program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [binaries / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
        )

    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = folder / "data"
        run("initdb", "-D", cluster, "-U", "antesala", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync")  # fmt: skip
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
        )
        run("pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            url = f"postgresql+psycopg://antesala@127.0.0.1:{port}/postgres"
            return subprocess.run(
                command, env={**os.environ, "TEST_DATABASE_URL": url}, check=False
            ).returncode
        finally:
            run("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
