"""A forgotten password: ask for a link, choose another."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from app.accounts import recovery, tokens
from app.accounts.models import TokenPurpose
from app.accounts.rules import check_password, normalise_email
from app.errors import GoneError, InvalidError
from app.tickets.adoption import adopt_tickets
from app.web import sessions
from app.web.access import Access, access
from app.web.account.mailed_links import dead_link, keep_secret
from app.web.forms import obeys, show, written
from app.web.limits import limiter, sign_in_limit
from app.web.links import absolute
from app.web.request_context import db, now, product

blueprint = Blueprint("account_password", __name__, url_prefix="/account/password")


class ForgotForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    email = StringField(lazy_gettext("E-mail"), [obeys(normalise_email)])


class ResetForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    password = PasswordField(
        lazy_gettext("New password"), [obeys(partial(check_password, email=""))]
    )


@blueprint.get("/forgot")
@access(Access.PUBLIC)
def forgot() -> str:
    """Ask for the address."""
    return render_template("account/forgot.html", form=ForgotForm())


@blueprint.post("/forgot")
@access(Access.PUBLIC)
@limiter.limit(sign_in_limit)
def submit_forgot() -> tuple[str, int] | Response:
    """Send the link; the answer is the same whether or not the address has an account."""
    form = ForgotForm()
    if form.validate():
        recovery.ask_for_new_password(
            db(), email=written(form.email), reset_link=reset_link, now=now()
        )
        return redirect(url_for("account_password.sent"))
    return render_template("account/forgot.html", form=form), 422


@blueprint.get("/forgot/sent")
@access(Access.PUBLIC)
def sent() -> str:
    """What to do now: look into the mailbox."""
    return render_template("account/forgot_sent.html")


@blueprint.get("/reset/<token>")
@access(Access.PUBLIC)
def reset(token: str) -> str | tuple[str, int]:
    """The form for the new password. Looking at it burns nothing."""
    keep_secret()
    purpose = TokenPurpose.RESET_PASSWORD
    found = tokens.find_alive(db(), token, purpose=purpose, now=now())
    if found is None:
        return dead_link(url_for("account_password.forgot"), _("Ask for a new link"))
    return _reset_page(ResetForm(), token)


@blueprint.post("/reset/<token>")
@access(Access.PUBLIC)
@limiter.limit(sign_in_limit)
def submit_reset(token: str) -> tuple[str, int] | Response:
    """Set the new password and sign in here; a refused password leaves the link alive."""
    keep_secret()
    form = ResetForm()
    if not form.validate():
        return _reset_page(form, token), 422
    try:
        signed_in = recovery.set_password(
            product().database,
            token=token,
            new=written(form.password),
            lasts=sessions.lasts(),
            browser=sessions.browser(),
            now=now(),
        )
    except InvalidError as error:
        show(error, form)
        return _reset_page(form, token), 422
    except GoneError:
        return dead_link(url_for("account_password.forgot"), _("Ask for a new link"))
    sessions.begin(signed_in.token)
    adopt_tickets(db(), signed_in.user)
    flash(_("Your new password holds, and you are signed in."), "good")
    return redirect(url_for("account_profile.profile", lang=signed_in.user.locale))


def reset_link(token: str, locale: str) -> str:
    """The absolute address where a new password is chosen."""
    return absolute("account_password.reset", token=token, lang=locale)


def _reset_page(form: ResetForm, token: str) -> str:
    return render_template("account/reset.html", form=form, token=token)
