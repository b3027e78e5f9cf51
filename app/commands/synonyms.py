"""`flask synonyms`: words that mean the same to those who ask."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.errors import InvalidError, NotFoundError
from app.knowledge import synonyms
from app.web.request_context import Product
from articles.front_matter import LOCALES

group = AppGroup("synonyms", help="Words that mean the same to those who ask.")


def _product() -> Product:
    product: Product = current_app.extensions["antesala"]
    return product


@group.command("list")
def list_sets() -> None:
    """Show all sets with their numbers."""
    with _product().database.reading() as session:
        kept = synonyms.kept_sets(session)
    if not kept:
        click.echo("There are no synonyms yet: flask synonyms add en laptop notebook")
    for each in kept:
        click.echo(f"{each.id}  {each.locale}  {' = '.join(each.phrases)}")


@group.command("add")
@click.argument("locale", type=click.Choice(LOCALES))
@click.argument("phrases", nargs=-1, required=True)
def add(locale: str, phrases: tuple[str, ...]) -> None:
    """Keep PHRASES as one set. Suggestions know it within a second; nothing is built anew."""
    try:
        with _product().database.writing() as session:
            kept = synonyms.add_set(session, locale=locale, phrases=phrases, now=datetime.now(UTC))
    except InvalidError as error:
        raise click.ClickException(error.message % error.params) from None
    click.echo(f"{kept.id}  {kept.locale}  {' = '.join(kept.phrases)}")


@group.command("remove")
@click.argument("number", type=int)
def remove(number: int) -> None:
    """Forget the set with this NUMBER."""
    try:
        with _product().database.writing() as session:
            synonyms.remove_set(session, number, now=datetime.now(UTC))
    except NotFoundError:
        raise click.ClickException(
            f"There is no set {number}: flask synonyms list shows the numbers."
        ) from None
    click.echo(f"Set {number} is gone.")
