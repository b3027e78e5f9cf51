"""What a person decides about their own account."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired

from app.accounts import service
from app.accounts import sessions as accounts_sessions
from app.accounts.models import User
from app.accounts.rules import check_name, check_password, check_timezone, timezones
from app.errors import InvalidError
from app.web import sessions
from app.web.access import Access, access
from app.web.account.returning import safe_next
from app.web.forms import obeys, options, show, written
from app.web.limits import limiter, sign_in_limit
from app.web.locale import LOCALE_NAMES, LOCALES
from app.web.request_context import current_account, db, looking, now, product

blueprint = Blueprint("account_profile", __name__, url_prefix="/account")


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    name = StringField(lazy_gettext("Name"), [obeys(check_name)])
    locale = SelectField(lazy_gettext("Language"), choices=options(LOCALE_NAMES.items()))
    timezone = StringField(lazy_gettext("Time zone"), [obeys(check_timezone)])


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    current = PasswordField(
        lazy_gettext("Present password"),
        [DataRequired(lazy_gettext("Write the password that you have now."))],
    )
    new = PasswordField(lazy_gettext("New password"), [obeys(partial(check_password, email=""))])


@blueprint.get("")
@access(Access.SIGNED_IN)
def profile() -> str:
    """Name, language, time zone, password and open sessions."""
    return _page(ProfileForm(obj=_me()), PasswordForm())


@blueprint.post("")
@access(Access.SIGNED_IN)
def save_profile() -> tuple[str, int] | Response:
    """Change name, language and time zone."""
    form = ProfileForm()
    if not form.validate():
        return _page(form, PasswordForm(formdata=None)), 422
    user = service.change_profile(
        db(),
        user_id=_me().id,
        name=written(form.name),
        locale=form.locale.data,
        timezone=written(form.timezone),
    )
    sessions.forget_account()
    flash(_("Saved."), "good")
    return redirect(url_for("account_profile.profile", lang=user.locale))


@blueprint.get("/password")
@access(Access.SIGNED_IN)
def to_profile() -> Response:
    """Back to the whole page, for who reloads after a refused password."""
    return redirect(url_for("account_profile.profile"))


@blueprint.post("/password")
@access(Access.SIGNED_IN)
@limiter.limit(sign_in_limit)
def change_password() -> tuple[str, int] | Response:
    """Change the password; every other browser is signed out."""
    form = PasswordForm()
    if form.validate():
        try:
            signed_in = service.change_password(
                product().database,
                user_id=_me().id,
                current=written(form.current),
                new=written(form.new),
                lasts=sessions.lasts(),
                browser=sessions.browser(),
                now=now(),
            )
        except InvalidError as error:
            show(error, form)
        else:
            sessions.begin(signed_in.token)
            flash(_("Your new password holds. Every other device is signed out."), "good")
            return redirect(url_for("account_profile.profile"))
    return _page(ProfileForm(formdata=None, obj=_me()), form), 422


@blueprint.post("/locale")
@access(Access.SIGNED_IN)
def set_locale() -> Response:
    """The header's language switch: `lang` is the language, `next` the page to go on with."""
    locale = request.form.get("lang", "")
    if locale not in LOCALES:
        raise BadRequest
    service.change_locale(db(), user_id=_me().id, locale=locale)
    sessions.forget_account()
    target = safe_next(request.form.get("next"))
    return redirect(target or url_for("help_home.home", lang=locale))


def _me() -> User:
    account = current_account()
    if account is None:
        raise RuntimeError("a page of an account was reached without one")
    return account


def _page(form: ProfileForm, password_form: PasswordForm) -> str:
    with looking() as reading:
        opened = accounts_sessions.of_user(reading, _me().id, now=now())
    return render_template(
        "account/profile.html",
        form=form,
        password_form=password_form,
        sessions=opened,
        this_session=accounts_sessions.token_hash(sessions.token() or ""),
        timezones=timezones(),
    )
