"""What every form needs: the domain's rules as validators, refusals at their field, choices."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError
from wtforms.fields import choices

from app.errors import InvalidError
from app.web.errors import say

LARGEST: Final = 2**31 - 1
"""What an INTEGER column of any database holds."""


def obeys(rule: Callable[[str], object]) -> Callable[[FlaskForm, Field], None]:
    """A WTForms validator that passes what the rule does not refuse with InvalidError."""

    def validate(_form: FlaskForm, field: Field) -> None:
        try:
            rule(field.data or "")
        except InvalidError as error:
            raise ValidationError(say(error)) from None

    return validate


def whole_number(text: str) -> int:
    """A whole number as ids, versions and pages are. Raises ValueError for anything else.

    No column holds a larger one, and SQLite fails on what takes more than 64 bits.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))):
        raise ValueError("not a number of ours")
    found = int(text)
    if found > LARGEST:
        raise ValueError("larger than any of ours")
    return found


def find_number(text: str) -> int | None:
    """`whole_number`, or None for what is none."""
    try:
        return whole_number(text)
    except ValueError:
        return None


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
