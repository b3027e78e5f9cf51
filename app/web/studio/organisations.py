"""The organisations that customers belong to."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from app.accounts import administration, queries
from app.accounts.rules import check_name
from app.errors import InvalidError
from app.web.access import Access, access
from app.web.forms import obeys, show, written
from app.web.request_context import db, looking, now

blueprint = Blueprint("studio_organisations", __name__, url_prefix="/studio/organisations")


class OrganisationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    name = StringField(lazy_gettext("Name"), [obeys(check_name)])


@blueprint.get("/")
@access(Access.ADMIN)
def organisations() -> str:
    """The list, each with its people, and the form to add one."""
    return _page(OrganisationForm())


@blueprint.post("/")
@access(Access.ADMIN)
def add() -> tuple[str, int] | Response:
    """Add an organisation."""
    form = OrganisationForm()
    if form.validate():
        try:
            added = administration.add_organisation(db(), name=written(form.name), now=now())
        except InvalidError as error:
            show(error, form)
        else:
            flash(_("%(name)s is added.", name=added.name), "good")
            return redirect(url_for("studio_organisations.organisations"))
    return _page(form), 422


@blueprint.get("/<int:organisation_id>")
@access(Access.ADMIN)
def edit(organisation_id: int) -> str:
    """The form to rename one."""
    organisation = queries.get_organisation(db(), organisation_id)
    return _edit_page(OrganisationForm(obj=organisation), organisation_id)


@blueprint.post("/<int:organisation_id>")
@access(Access.ADMIN)
def rename(organisation_id: int) -> tuple[str, int] | Response:
    """Rename one."""
    form = OrganisationForm()
    if form.validate():
        try:
            administration.rename_organisation(
                db(), organisation_id=organisation_id, name=written(form.name)
            )
        except InvalidError as error:
            show(error, form)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for("studio_organisations.organisations"))
    return _edit_page(form, organisation_id), 422


def _page(form: OrganisationForm) -> str:
    with looking() as reading:
        found = queries.organisation_sizes(reading)
    return render_template("studio/people_organisations.html", form=form, found=found)


def _edit_page(form: OrganisationForm, organisation_id: int) -> str:
    return render_template(
        "studio/people_organisation.html", form=form, organisation_id=organisation_id
    )
