"""`flask accounts`: people, from the machine itself."""

import sys
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import administration
from app.accounts.rules import check_password, normalise_email
from app.errors import InvalidError
from app.web.request_context import Product

group = AppGroup("accounts", help="People of this installation.")


@group.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="How to call them; their address without this.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_admin(email: str, name: str, *, password_stdin: bool) -> None:
    """Make EMAIL an admin who can sign in at once, with a password that you are asked for.

    Somebody with that address already becomes an admin and gets the new password.
    """
    product: Product = current_app.extensions["antesala"]
    try:
        address = normalise_email(email)
        user = administration.create_admin(
            product.database,
            email=address,
            name=name,
            password=_read_password(address, password_stdin=password_stdin),
            locale=product.settings.default_locale,
            timezone=product.settings.timezone,
            now=datetime.now(UTC),
        )
    except InvalidError as error:
        raise click.ClickException(_english(error)) from None
    click.echo(f"{user.email} is an admin and can sign in now.")


def _read_password(email: str, *, password_stdin: bool) -> str:
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    while True:
        password: str = click.prompt("Password", hide_input=True)
        try:
            check_password(password, email=email)
        except InvalidError as error:
            click.echo(_english(error), err=True)
            continue
        if click.prompt("Once more", hide_input=True) == password:
            return password
        click.echo("These are two different passwords.", err=True)


def _english(error: InvalidError) -> str:
    return error.message % error.params if error.params else error.message
