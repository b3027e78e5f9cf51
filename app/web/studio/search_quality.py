"""How well suggestions answer the desk's own tickets, and how sure they must be."""

from datetime import datetime
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, format_percent, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from app.deflection import threshold
from app.deflection.threshold import read_percent
from app.errors import InvalidError
from app.reports import evaluating
from app.reports.figures import outcome
from app.reports.queries import QualityPage, quality_page
from app.web.access import Access, access
from app.web.forms import obeys, show, written
from app.web.health import HEARTBEAT_OLD_AFTER
from app.web.request_context import current_account, current_actor, db, looking, now, product

blueprint = Blueprint("studio_search_quality", __name__, url_prefix="/studio/search-quality")

TRIED: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Thresholds whose outcome the page always tells."""
METHOD_NAMES: Final = {
    "antesala": lazy_gettext("Antesala"),
    "popular": lazy_gettext("Always the most linked articles"),
    "tfidf": lazy_gettext("Plain TF-IDF"),
}


class ThresholdForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    sure = StringField(lazy_gettext("At least so many per cent sure"), [obeys(read_percent)])


@blueprint.get("/")
@access(Access.ADMIN)
def quality() -> str | tuple[str, int]:
    """The last evaluation; `sure` in the address is a threshold to try on it."""
    page = quality_page(db(), current_actor())
    typed = request.args.get("sure")
    if typed is None:
        return _shown(page, ThresholdForm(formdata=None, data={"sure": _typed(_in_force(page))}))
    form = ThresholdForm(formdata=None, data={"sure": typed[:40]})
    try:
        tried = read_percent(typed)
    except InvalidError as error:
        show(error, form)
        return _shown(page, form), 422
    return _shown(page, form, tried)


@blueprint.post("/threshold")
@access(Access.ADMIN)
def decide() -> str | tuple[str, int] | Response:
    """Try a threshold on the last evaluation, or decide on it, or go back to the default."""
    action = request.form.get("do", "save")
    if action == "default":
        return _changed(None)
    form = ThresholdForm()
    if not form.validate():
        with looking() as reading:
            return _shown(quality_page(reading, current_actor()), form), 422
    if action == "try":
        address = url_for("studio_search_quality.quality", sure=written(form.sure))
        return redirect(f"{address}#threshold", 303)
    return _changed(read_percent(written(form.sure)))


@blueprint.post("/measure")
@access(Access.ADMIN)
def measure() -> Response:
    """Ask the worker for an evaluation."""
    account = current_account()
    evaluating.request_evaluation(db(), by=account.id if account else None, now=now())
    return redirect(url_for("studio_search_quality.quality"), 303)


def _changed(decided: float | None) -> Response:
    account = current_account()
    threshold.change(db(), threshold=decided, by=account.id if account else None, now=now())
    product().threshold.look_again()
    if decided is None:
        said = _("Saved: Antesala decides, %(share)s.", share=_percent(product().threshold.default))
    else:
        said = _("Saved: at least %(share)s, from now on.", share=_percent(decided))
    flash(said, "good")
    return redirect(url_for("studio_search_quality.quality") + "#threshold", 303)


def _in_force(page: QualityPage) -> float:
    decided = page.changes[0].threshold if page.changes else None
    return product().threshold.default if decided is None else decided


def _shown(page: QualityPage, form: ThresholdForm, tried: float | None = None) -> str:
    in_force = _in_force(page)
    seen = page.worker_seen_at
    shares = {*TRIED, in_force, product().threshold.default, tried or in_force} - {0.0}
    return render_template(
        "studio/search_quality.html",
        page=page,
        form=form,
        tried=tried,
        in_force=in_force,
        default=product().threshold.default,
        is_decided=bool(page.changes) and page.changes[0].threshold is not None,
        outcomes=[outcome(page.detail, share) for share in sorted(shares)],
        now_outcome=outcome(page.detail, in_force),
        since=datetime.fromisoformat(page.figures.since)
        if page.figures and page.figures.since
        else None,
        is_worker_away=seen is None or now() - seen > HEARTBEAT_OLD_AFTER,
        method_names=METHOD_NAMES,
        percent=_percent,
        points=_points,
    )


def _percent(share: float) -> str:
    """A share in the reader's language, with a decimal where it has one: "7.5 %"."""
    return str(format_percent(round(share, 4), "#,##0.#\u00a0%"))


def _points(difference: float) -> str:
    """A difference of two shares in points: "7.5"."""
    return str(format_decimal(round(100 * difference, 1), "0.#"))


def _typed(share: float) -> str:
    """A share as a person types it, in per cent."""
    return str(format_decimal(round(100 * share, 4), "0.####"))
