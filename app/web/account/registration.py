"""Signing up and confirming the address."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from app.accounts import registration, tokens
from app.accounts.models import TokenPurpose
from app.accounts.rules import check_name, check_password, normalise_email, timezones
from app.errors import GoneError, InvalidError
from app.tickets.adoption import adopt_tickets
from app.web.access import Access, access
from app.web.account.mailed_links import dead_link, keep_secret
from app.web.forms import obeys, show, written
from app.web.limits import limiter, sign_in_limit
from app.web.links import absolute
from app.web.locale import interface_locale, reader_timezone
from app.web.request_context import current_actor, db, now, product

blueprint = Blueprint("account_registration", __name__, url_prefix="/account")


class SignUpForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    name = StringField(lazy_gettext("Name"), [obeys(check_name)])
    email = StringField(lazy_gettext("E-mail"), [obeys(normalise_email)])
    password = PasswordField(lazy_gettext("Password"), [obeys(partial(check_password, email=""))])
    timezone = HiddenField()
    """The browser's, put in by a script; without it the installation's."""


@blueprint.get("/sign-up")
@access(Access.PUBLIC)
def sign_up() -> str | Response:
    """The form, for who is not signed in."""
    if current_actor().is_signed_in:
        return redirect(url_for("account_profile.profile"))
    return render_template("account/sign_up.html", form=SignUpForm())


@blueprint.post("/sign-up")
@access(Access.PUBLIC)
@limiter.limit(sign_in_limit)
def submit_sign_up() -> tuple[str, int] | Response:
    """Send the mail; the answer is the same whether or not the address has an account."""
    form = SignUpForm()
    if form.validate():
        zone = form.timezone.data
        try:
            registration.sign_up(
                product().database,
                application=registration.Application(
                    name=written(form.name),
                    email=written(form.email),
                    password=written(form.password),
                    locale=interface_locale(),
                    timezone=zone if zone in timezones() else reader_timezone(),
                ),
                confirm_link=_confirm_link,
                forgot_url=_forgot_url,
                now=now(),
            )
        except InvalidError as error:
            show(error, form)
        else:
            return redirect(url_for("account_registration.sent"))
    return render_template("account/sign_up.html", form=form), 422


@blueprint.get("/sign-up/sent")
@access(Access.PUBLIC)
def sent() -> str:
    """What to do now: look into the mailbox."""
    return render_template("account/sign_up_sent.html")


@blueprint.get("/confirm/<token>")
@access(Access.PUBLIC)
def confirm(token: str) -> str | tuple[str, int]:
    """The button that confirms. Looking at it burns nothing."""
    keep_secret()
    purpose = TokenPurpose.CONFIRM_EMAIL
    found = tokens.find_alive(db(), token, purpose=purpose, now=now())
    if found is None:
        return dead_link(url_for("account_registration.sign_up"), _("Sign up again"))
    return render_template("account/confirm.html", token=token)


@blueprint.post("/confirm/<token>")
@access(Access.PUBLIC)
@limiter.limit(sign_in_limit)
def submit_confirm(token: str) -> tuple[str, int] | Response:
    """Open the account, and give it the tickets that were filed with its address."""
    keep_secret()
    try:
        user = registration.confirm(db(), token=token, now=now())
    except GoneError:
        return dead_link(url_for("account_registration.sign_up"), _("Sign up again"))
    adopt_tickets(db(), user)
    flash(_("Your address is confirmed. You can sign in now."), "good")
    return redirect(url_for("account_session.sign_in", lang=user.locale))


def _confirm_link(token: str, locale: str) -> str:
    return absolute("account_registration.confirm", token=token, lang=locale)


def _forgot_url(locale: str) -> str:
    return absolute("account_password.forgot", lang=locale)
