"""Prepare an installation and serve it: the web server and the worker under one command."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from app.settings import Settings, SettingsError, is_this_machine, load_settings

ROOT = Path(__file__).resolve().parent.parent
STOP_WITHIN_SECONDS = 20
RESTART_WORKER_AFTER_SECONDS = 1.0
PR_SET_PDEATHSIG = 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of everything that is kept. [default: ANTESALA_DATA, or var]",
)
@click.option("--demo/--no-demo", default=True, help="With or without demo people and tickets.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(*, host: str, port: int, data: Path | None, demo: bool, workers: int) -> None:
    """Set up what is missing, then serve Antesala until Ctrl-C or SIGTERM."""
    if demo and not is_this_machine(host):
        raise click.UsageError(
            "Demo mode has known passwords and listens on this machine alone. "
            "Use --no-demo to listen on another address."
        )
    if _in_use(host, port):
        raise click.ClickException(f"Port {port} is in use. Choose another with --port.")
    if data is not None:
        os.environ["ANTESALA_DATA"] = str(data.absolute())
    os.environ["ANTESALA_DEMO"] = "1" if demo else "0"
    try:
        if "base_url" not in load_settings().model_fields_set:  # neither environment nor .env
            if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
                raise click.UsageError(
                    "Say by which address people reach it, such as "
                    "ANTESALA_BASE_URL=https://help.example.org: links in mail are made from it."
                )
            os.environ["ANTESALA_BASE_URL"] = f"http://{_named(host)}:{port}"
        settings = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    _prepare(settings)
    _announce(settings, host, port, elsewhere=data is not None)
    sys.exit(_Supervisor(host, port, workers).run())


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _in_use(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _prepare(settings: Settings) -> None:
    """Migrations, shipped content, demo people, index; each only where it is missing."""
    from datetime import UTC, datetime

    from app import demo, migrate
    from app.commands.articles import import_path
    from app.factory import create_app
    from app.tickets.service import default_queue
    from app.web.request_context import Product

    click.echo(f"Data folder: {settings.data.absolute()}")
    app = create_app(settings)
    product: Product = app.extensions["antesala"]
    migrate.upgrade(product.database)
    with app.app_context():
        with product.database.reading() as session:
            empty = not demo.has_content(session)
        if empty:
            import_path(product.database, ROOT / "articles" / "content", settings)
        with product.database.writing() as session:
            default_queue(session)  # agents can be its members before the first ticket comes
            session.commit()
        if settings.demo:
            with product.database.writing() as session:
                demo.fill(session, settings, now=datetime.now(UTC))
        click.echo("Reading the index …")
        product.indexes.refresh()
        if settings.demo:
            with product.database.writing() as session:
                index = product.indexes.suggestions()
                demo.play(session, index, settings, now=datetime.now(UTC))
    product.database.dispose()


def _announce(settings: Settings, host: str, port: int, *, elsewhere: bool) -> None:
    from app.accounts.demo import SIGN_INS

    address = f"http://{_named(host)}:{port}"
    click.echo()
    click.echo(f"Help centre   {address}/")
    click.echo(f"Desk          {address}/desk/")
    click.echo(f"Studio        {address}/studio/")
    if not settings.demo:
        where = f"ANTESALA_DATA={settings.data} " if elsewhere else ""
        click.echo(f"First admin   {where}.venv/bin/flask accounts create-admin EMAIL")
    else:
        click.echo(f"Demo mail     {address}/demo/mail/")
        click.echo()
        click.echo("Demo sign-ins (this machine only):")
        for sign_in in SIGN_INS:
            click.echo(f"  {sign_in.role:<10} {sign_in.email:<32} {sign_in.password}")
    click.echo()
    click.echo("Ctrl-C stops it.")


def web_command(host: str, port: int, *, workers: int, target: str = "wsgi:app") -> list[str]:
    """The command that runs the web server."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
        "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(2 * (os.cpu_count() or 1)),
        "--backpressure", "512", "--no-ws", "--log-level", "warning",
        "--workers-kill-timeout", "10", target,
    ]  # fmt: skip


class _Supervisor:
    """Runs the two processes: when the web server ends, all ends; a dead worker is restarted."""

    def __init__(self, host: str, port: int, workers: int) -> None:
        self.web_command = web_command(host, port, workers=workers)
        self.worker_command = [sys.executable, "-m", "app.worker"]
        self.stopping = threading.Event()

    def run(self) -> int:
        """Serve until told to stop; the exit status of the product."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        web = self._start(self.web_command)
        worker = self._start(self.worker_command)
        status = 0
        while not self.stopping.wait(0.2):
            if web.poll() is not None:
                click.echo("The web server ended; stopping.", err=True)
                status = 1
                break
            if worker.poll() is not None:
                click.echo("The worker ended; starting it again.", err=True)
                if not self.stopping.wait(RESTART_WORKER_AFTER_SECONDS):
                    worker = self._start(self.worker_command)
        _stop([web, worker])
        return status

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        # A session of their own: Ctrl-C reaches the supervisor alone, which stops them in order.
        return subprocess.Popen(
            command,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread has been started here
        )


def _die_with_parent() -> None:
    """Have the kernel end this process when the supervisor is killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    serve()
