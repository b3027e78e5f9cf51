"""What every form needs: the domain's rules as validators, refusals at their field, choices."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError
from wtforms.fields import choices

from app.errors import InvalidError
from app.web.errors import say


def obeys(rule: Callable[[str], object]) -> Callable[[FlaskForm, Field], None]:
    """A WTForms validator that passes what the rule does not refuse with InvalidError."""

    def validate(_form: FlaskForm, field: Field) -> None:
        try:
            rule(field.data or "")
        except InvalidError as error:
            raise ValidationError(say(error)) from None

    return validate


def written(field: Field) -> str:
    """What the person wrote into a text field; "" for a field that was not sent."""
    found = field.data
    return found if isinstance(found, str) else ""


def show(error: InvalidError, form: FlaskForm) -> None:
    """Put a service's refusal at the field it names; raise it again when there is none."""
    field = form._fields.get(error.field)
    if field is None:
        raise error
    field.errors = [*field.errors, say(error)]


def options(pairs: Iterable[tuple[object, object]]) -> list[Any]:
    """The choices of a select or radio field, from (value, label) pairs."""
    select_choice = choices.SelectChoice  # type: ignore[attr-defined]  # stubs of an older WTForms
    return [select_choice(value, label) for value, label in pairs]
