"""Commands of the installation: `flask db`, and what the topics add."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import migrate
from app.commands import accounts, articles, search, synonyms
from app.db.database import Database

db_group = AppGroup("db", help="The database's schema.")


def _database() -> Database:
    database: Database = current_app.extensions["antesala"].database
    return database


@db_group.command("upgrade")
def upgrade() -> None:
    """Apply every migration that is missing. Safe to run twice and from two processes."""
    migrate.upgrade(_database())
    click.echo("The database is up to date.")


@db_group.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration for what the models have and the database lacks."""
    migrate.make_revision(_database(), message)


@db_group.command("check")
def check() -> None:
    """Fail when the models and the migrations are out of step."""
    changes = migrate.pending_changes(_database())
    if changes:
        raise click.ClickException("Models and migrations differ:\n" + "\n".join(changes))
    click.echo("Models and migrations are in step.")


def install(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(db_group)
    app.cli.add_command(accounts.group)
    app.cli.add_command(articles.group)
    app.cli.add_command(search.group)
    app.cli.add_command(synonyms.group)
