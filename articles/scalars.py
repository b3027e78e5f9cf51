"""Writing YAML values in one way only, so that the same article always gives the same bytes."""

import json
import re
from collections.abc import Sequence

# Values that stay the same text without quotes: they begin with a letter and hold nothing that
# YAML gives a meaning to.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .()?!'’/&+@-]*[\w.()?!'’/&+@-])?")
_READ_AS_SOMETHING_ELSE = frozenset(
    {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
)
# What YAML calls unprintable, or what some readers take for a line end.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def yaml_scalar(value: str) -> str:
    """Return `value` as it is, or in double quotes with escapes, so that YAML reads it back."""
    if _PLAIN.fullmatch(value) and value.lower() not in _READ_AS_SOMETHING_ELSE:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def yaml_line(key: str, value: str) -> str:
    return f"{key}: {yaml_scalar(value)}"


def yaml_list(key: str, values: Sequence[str]) -> str:
    if not values:
        return f"{key}: []"
    return "\n".join([f"{key}:", *(f"  - {yaml_scalar(value)}" for value in values)])
