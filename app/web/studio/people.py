"""People: find, invite, change, disable."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts import administration, queries
from app.accounts.models import Role, User
from app.accounts.rules import check_name, normalise_email
from app.errors import InvalidError
from app.tickets import membership
from app.web.access import Access, access
from app.web.account.password import reset_link
from app.web.forms import obeys, options, show, whole_number, written
from app.web.locale import LOCALE_NAMES
from app.web.request_context import db, looking, now, settings

blueprint = Blueprint("studio_people", __name__, url_prefix="/studio/people")

ROLE_NAMES = {
    Role.CUSTOMER: lazy_gettext("Customer"),
    Role.AGENT: lazy_gettext("Agent"),
    Role.EDITOR: lazy_gettext("Editor"),
    Role.ADMIN: lazy_gettext("Admin"),
}
_ROLES = [(role.value, name) for role, name in ROLE_NAMES.items()]


class PersonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    name = StringField(lazy_gettext("Name"), [obeys(check_name)])
    role = SelectField(lazy_gettext("Role"), choices=options(_ROLES))
    organisation = SelectField(lazy_gettext("Organisation"), coerce=int)


class EditForm(PersonForm):
    queues = SelectMultipleField(
        lazy_gettext("Queues they work"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    disabled = BooleanField(lazy_gettext("Disabled: cannot sign in"))


class InviteForm(PersonForm):
    email = StringField(lazy_gettext("E-mail"), [obeys(normalise_email)])
    locale = SelectField(lazy_gettext("Language"), choices=options(LOCALE_NAMES.items()))


@blueprint.get("/")
@access(Access.ADMIN)
def people() -> str:
    """The list, searched and filtered."""
    words = request.args.get("q", "")[:200]
    role = next((role for role in Role if role.value == request.args.get("role")), None)
    page = request.args.get("page", 1, type=whole_number)
    return render_template(
        "studio/people.html",
        found=queries.people_page(db(), words=words, role=role, page=page),
        words=words,
        role=role,
        role_names=ROLE_NAMES,
        url_of=lambda number: url_for(
            "studio_people.people", q=words or None, role=role and role.value, page=number
        ),
    )


@blueprint.get("/invite")
@access(Access.ADMIN)
def invite() -> str:
    """The form to invite somebody."""
    form = _with_organisations(InviteForm(data={"locale": settings().default_locale}))
    return render_template("studio/people_invite.html", form=form)


@blueprint.post("/invite")
@access(Access.ADMIN)
def submit_invite() -> tuple[str, int] | Response:
    """Add somebody and send them the link for their password; an agent also needs queues."""
    form = _with_organisations(InviteForm())
    if form.validate():
        try:
            user = administration.invite(
                db(),
                email=written(form.email),
                name=written(form.name),
                role=Role(form.role.data),
                organisation_id=form.organisation.data or None,
                locale=form.locale.data,
                timezone=settings().timezone,
                reset_link=reset_link,
                now=now(),
            )
        except InvalidError as error:
            show(error, form)
        else:
            if user.role is Role.AGENT:
                said = _("%(email)s is invited by mail. Now choose their queues.", email=user.email)
                flash(said, "good")
                return redirect(url_for("studio_people.edit", user_id=user.id))
            flash(_("%(email)s is invited by mail.", email=user.email), "good")
            return redirect(url_for("studio_people.people"))
    return render_template("studio/people_invite.html", form=form), 422


@blueprint.get("/<int:user_id>")
@access(Access.ADMIN)
def edit(user_id: int) -> str:
    """One person."""
    person = queries.get_user(db(), user_id)
    form = EditForm(
        data={
            "name": person.name,
            "role": person.role.value,
            "organisation": person.organisation_id or 0,
            "queues": sorted(membership.queues_of(db(), user_id)),
            "disabled": person.disabled_at is not None,
        }
    )
    return _edit_page(_with_queues(form), person)


@blueprint.post("/<int:user_id>")
@access(Access.ADMIN)
def save(user_id: int) -> tuple[str, int] | Response:
    """Change a person."""
    with looking() as reading:
        person = queries.get_user(reading, user_id)
    form = _with_queues(EditForm())
    if form.validate():
        role = Role(form.role.data)
        wanted = (form.queues.data or []) if role in {Role.AGENT, Role.ADMIN} else []
        try:
            ended = administration.change_person(
                db(),
                user_id=user_id,
                change=administration.PersonChange(
                    name=written(form.name),
                    role=role,
                    organisation_id=form.organisation.data or None,
                    disabled=bool(form.disabled.data),
                ),
                also=lambda session, changed: membership.set_queues(session, changed, wanted),
                now=now(),
            )
        except InvalidError as error:
            show(error, form)
        else:
            flash(
                _("Saved. %(name)s has to sign in again.", name=written(form.name))
                if ended and not form.disabled.data
                else _("Saved."),
                "good",
            )
            return redirect(url_for("studio_people.people"))
    return _edit_page(form, person), 422


@blueprint.post("/<int:user_id>/invite-again")
@access(Access.ADMIN)
def invite_again(user_id: int) -> Response:
    """Send a new link for the first password."""
    user = administration.invite_again(db(), user_id=user_id, reset_link=reset_link, now=now())
    flash(_("%(email)s is invited by mail.", email=user.email), "good")
    return redirect(url_for("studio_people.edit", user_id=user_id))


def _edit_page(form: EditForm, person: User) -> str:
    return render_template("studio/people_edit.html", form=form, person=person)


def _with_organisations(form: PersonForm) -> PersonForm:
    with looking() as reading:
        known = [(each.id, each.name) for each in queries.organisations(reading)]
    form.organisation.choices = options([(0, _("None")), *known])
    return form


def _with_queues(form: EditForm) -> EditForm:
    with looking() as reading:
        form.queues.choices = options((each.id, each.name) for each in membership.queues(reading))
    _with_organisations(form)
    return form
