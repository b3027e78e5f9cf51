"""`flask articles`: bring articles in and write them out."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import click
from flask import current_app
from flask.cli import AppGroup

from app.db.database import Database
from app.errors import ConflictError
from app.knowledge.exporting import export_articles
from app.knowledge.files import ArticleFiles
from app.knowledge.importing import ImportOutcome, import_plan
from app.knowledge.rendering_again import render_again
from app.settings import Settings
from app.web.request_context import Product
from articles.categories import CATEGORIES_FILE, CategoriesError, find_categories
from articles.exporting import ExportError
from articles.front_matter import LOCALES
from articles.import_plan import ImportDefaults, Refusal
from articles.importing import ImportRefused, read_source
from articles.lifecycle import ArticleState, Visibility

group = AppGroup("articles", help="Articles in and out.")

_READ = "Reading"
_PHASES = {"render": "Rendering", "write": "Writing"}
# A file cannot name the organisation of an article that says nothing of it.
_VISIBILITIES = [each.value for each in Visibility if each is not Visibility.ORGANISATION]


def _product() -> Product:
    product: Product = current_app.extensions["antesala"]
    return product


@group.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--locale", type=click.Choice(LOCALES), help="Language of files that say none.")
@click.option("--category", default="general", help="Category of files that say none.")
@click.option(
    "--state",
    type=click.Choice([each.value for each in ArticleState]),
    default=ArticleState.PUBLISHED.value,
    show_default=True,
    help="State of files that say none.",
)
@click.option(
    "--visibility",
    type=click.Choice(_VISIBILITIES),
    default=Visibility.PUBLIC.value,
    show_default=True,
    help="Readers of files that say none.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.pass_context
def import_command(
    context: click.Context,
    path: Path,
    locale: str | None,
    category: str,
    state: str,
    visibility: str,
    *,
    dry_run: bool,
) -> None:
    """Bring in the articles of PATH: a folder or zip of Markdown, a file, or a .jsonl corpus.

    All or nothing; the same input again changes nothing. Files that cannot be used are named
    with line and reason while the rest goes in: the exit code is 1 then, 0 when all went in.
    """
    product = _product()
    outcome = import_path(
        product.database,
        path,
        product.settings,
        defaults=ImportDefaults(
            locale=locale or product.settings.default_locale,
            category=category,
            state=ArticleState(state),
            visibility=Visibility(visibility),
        ),
        dry_run=dry_run,
    )
    if outcome.refused:
        context.exit(1)


@group.command("export")
@click.argument("path", type=click.Path(path_type=Path))
def export_command(path: Path) -> None:
    """Write every article to PATH: a folder, or an archive when it ends in .zip."""
    product = _product()
    with product.database.reading() as session:
        try:
            articles, files = export_articles(
                session, ArticleFiles.under(product.settings.data), path
            )
        except (ExportError, OSError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{articles} articles written to {path} ({files} files).")


@group.command("render")
@click.pass_context
def render_command(context: click.Context) -> None:
    """Render every article again, after an upgrade has changed how Markdown is shown.

    Texts do not change. Articles that cannot be rendered any more keep what they had and are
    named: the exit code is 1 then.
    """
    product = _product()
    with _Bars() as bars:
        outcome = render_again(
            product.database,
            video_hosts=product.settings.video_hosts,
            now=datetime.now(UTC),
            on_progress=lambda done, of: bars.show(_PHASES["render"], done, of),
        )
    for address, reason in outcome.refused:
        click.echo(f"Left as it is: {address}: {reason}", err=True)
    click.echo(
        f"{outcome.changed} texts look different now, {outcome.same} the same, "
        f"{len(outcome.refused)} left as they are."
    )
    if outcome.refused:
        context.exit(1)


def import_path(
    database: Database,
    path: Path,
    settings: Settings,
    *,
    defaults: ImportDefaults | None = None,
    dry_run: bool = False,
) -> ImportOutcome:
    """Import with a progress display, and tell what came of it.

    Raises click.ClickException when nothing could be imported.
    """
    defaults = defaults or ImportDefaults(locale=settings.default_locale)
    with _Bars() as bars:
        try:
            categories = find_categories(path)
            plan = read_source(
                path,
                defaults=defaults,
                on_progress=lambda done, of: bars.show(_READ, done, of),
                try_corpus=False,
            )
            outcome = import_plan(
                database,
                plan,
                files=ArticleFiles.under(settings.data),
                categories=categories,
                video_hosts=settings.video_hosts,
                now=datetime.now(UTC),
                dry_run=dry_run,
                on_progress=lambda phase, done, of: bars.show(_PHASES[phase], done, of),
            )
        except ImportRefused as error:
            raise click.ClickException(f"Nothing was imported: {error}") from error
        except CategoriesError as error:
            where = f"{CATEGORIES_FILE}:{error.line}" if error.line else CATEGORIES_FILE
            raise click.ClickException(f"Nothing was imported. {where}: {error.reason}") from error
        except ConflictError as error:
            raise click.ClickException(
                "Nothing was imported: somebody changed one of the articles meanwhile. Run it again."
            ) from error
    _tell(outcome, dry_run=dry_run)
    return outcome


def _tell(outcome: ImportOutcome, *, dry_run: bool) -> None:
    _list("Note", outcome.notes)
    _list("Refused", outcome.refused)
    verb = "would be " if dry_run else ""
    click.echo(
        f"{outcome.created} articles {verb}new, {outcome.updated} {verb}changed, "
        f"{outcome.unchanged} {verb}the same, {len(outcome.refused)} refused."
    )


def _list(title: str, entries: Iterable[Refusal]) -> None:
    for entry in entries:
        where = entry.path if entry.line is None else f"{entry.path}:{entry.line}"
        click.echo(f"{title}: {where}: {entry.reason}", err=True)


class _Bars:
    """One progress bar after another."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._label = ""
        self._update: Callable[[int], None] | None = None
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def show(self, label: str, done: int, total: int) -> None:
        """Show how far a phase is; the first call of a phase ends the one before."""
        if label != self._label:
            self._stack.close()
            bar = self._stack.enter_context(
                click.progressbar(length=total, label=f"{label:<10}", update_min_steps=1)
            )
            self._label, self._update, self._done = label, bar.update, 0
        if self._update is not None:
            self._update(done - self._done)
        self._done = done
