"""Signing in and out."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from app.accounts import service
from app.accounts.rules import EMAIL_MAX_CHARACTERS
from app.tickets.adoption import adopt_tickets
from app.web import sessions
from app.web.access import Access, access
from app.web.account.returning import safe_next
from app.web.forms import written
from app.web.limits import limiter, sign_in_limit
from app.web.request_context import current_account, current_actor, db, now, product

blueprint = Blueprint("account_session", __name__, url_prefix="/account")


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    email = StringField(
        lazy_gettext("E-mail"),
        [
            DataRequired(lazy_gettext("Write your e-mail address.")),
            Length(max=EMAIL_MAX_CHARACTERS, message=lazy_gettext("This address is too long.")),
        ],
    )
    password = PasswordField(
        lazy_gettext("Password"), [DataRequired(lazy_gettext("Write your password."))]
    )


@blueprint.get("/sign-in")
@access(Access.PUBLIC)
def sign_in() -> str | Response:
    """The sign-in page, or on to where a signed-in person was going."""
    if current_actor().is_signed_in:
        return redirect(safe_next(request.args.get("next")) or url_for("help_home.home"))
    return _page(SignInForm())


@blueprint.post("/sign-in")
@access(Access.PUBLIC)
@limiter.limit(sign_in_limit)
def submit_sign_in() -> tuple[str, int] | Response:
    """Sign in; whatever was wrong, the answer is one and the same."""
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    signed_in = service.sign_in(
        product().database,
        email=written(form.email),
        password=written(form.password),
        lasts=sessions.lasts(),
        browser=sessions.browser(),
        now=now(),
    )
    if signed_in is None:
        return _page(form, refused=True), 422
    sessions.begin(signed_in.token)
    adopt_tickets(db(), signed_in.user)
    target = safe_next(request.form.get("next"))
    return redirect(target or url_for("help_home.home", lang=signed_in.user.locale))


@blueprint.post("/sign-out")
@access(Access.PUBLIC)
def sign_out() -> Response:
    """Sign out of this browser."""
    token = sessions.token()
    if token is not None:
        service.sign_out(db(), token=token)
    sessions.clear()
    flash(_("You are signed out."), "good")
    return redirect(url_for("help_home.home"))


@blueprint.post("/sign-out-everywhere")
@access(Access.SIGNED_IN)
def sign_out_everywhere() -> Response:
    """Sign out of every browser, this one included."""
    account = current_account()
    if account is not None:
        service.sign_out_everywhere(db(), user_id=account.id)
    sessions.clear()
    flash(_("You are signed out on every device."), "good")
    return redirect(url_for("account_session.sign_in"))


def _page(form: SignInForm, *, refused: bool = False) -> str:
    values: dict[str, Any] = request.form if request.method == "POST" else request.args
    target = safe_next(values.get("next")) or ""
    return render_template("account/sign_in.html", form=form, next=target, refused=refused)
