"""Taking front matter apart: YAML between `---`, TOML between `+++`, each value with its line.

YAML is composed into nodes and read as text, never built into objects; aliases, tags and depth
are refused, so no document can grow in memory beyond its own size.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml

from articles.front_matter_fields import Field, FrontMatterError, Value

MAX_FRONT_MATTER: Final = 16 * 1024
"""Characters between the two fences."""
MAX_DEPTH: Final = 6


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """A document cut at its fences. Lines count from 1."""

    syntax: Literal["yaml", "toml", "none"]
    front_matter: str
    first_line: int
    body: str
    body_line: int


_FENCES: Final[dict[str, Literal["yaml", "toml"]]] = {"---": "yaml", "+++": "toml"}


def split_document(text: str) -> DocumentParts:
    """Cut `text` at its fences; a text without any is all body."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    fence = lines[start].rstrip() if start < len(lines) else ""
    if fence not in _FENCES or (fence == "---" and not _looks_like_keys(lines[start + 1 :])):
        return DocumentParts("none", "", 1, text, 1)
    for end in range(start + 1, len(lines)):
        closing = lines[end].rstrip()
        if closing == fence or (fence == "---" and closing == "..."):
            inside = "\n".join(lines[start + 1 : end])
            if len(inside) > MAX_FRONT_MATTER:
                reason = f"the front matter is longer than {MAX_FRONT_MATTER // 1024} KB"
                raise FrontMatterError(start + 1, reason, "move the text below the second fence")
            body = "\n".join(lines[end + 1 :])
            return DocumentParts(_FENCES[fence], inside, start + 2, body, end + 2)
    reason = f"the front matter that begins here is never closed with “{fence}”"
    raise FrontMatterError(start + 1, reason, f"write a line with “{fence}” after the last key")


def _looks_like_keys(lines: list[str]) -> bool:
    """Tell front matter from a body that begins with a horizontal rule."""
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            return bool(re.match(r"[\w\"'{&!*.-]", line)) and (
                line.rstrip() in {"---", "..."} or ":" in line
            )
    return False


def read_fields(parts: DocumentParts) -> dict[str, Field]:
    """Return the keys, in lower case, with their values and the file's line of each."""
    if parts.syntax == "yaml":
        return _read_yaml(parts.front_matter, parts.first_line)
    if parts.syntax == "toml":
        return _read_toml(parts.front_matter, parts.first_line)
    return {}


class _PlainComposer(yaml.SafeLoader):
    """Composes nodes only: no aliases, little depth."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def next_line(self) -> int:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        return int(event.start_mark.line)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _RefusedError(
                self.next_line(), "YAML aliases (*name) are not allowed", "write it out"
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _RefusedError(
                self.next_line(), "the values are nested too deeply", "use plain values"
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _RefusedError(Exception):
    """A reason found inside the composer; `line` counts from 0 within the front matter."""

    def __init__(self, line: int, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.line, self.reason, self.mend = line, reason, mend


def _read_yaml(text: str, first_line: int) -> dict[str, Field]:
    try:
        root = _PlainComposer(text).get_single_node()
    except _RefusedError as refused:
        raise FrontMatterError(first_line + refused.line, refused.reason, refused.mend) from refused
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        reason = f"the YAML cannot be read: {error.problem or error.context}"
        raise FrontMatterError(line, reason, "put values with : or # in quotes") from error
    except yaml.YAMLError as error:
        reason = "the YAML holds a character that is not text"
        raise FrontMatterError(first_line, reason, "save the file as UTF-8 text") from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise FrontMatterError(first_line, "the front matter is not a list of keys", "key: value")
    fields: dict[str, Field] = {}
    for key_node, value_node in root.value:
        line = first_line + key_node.start_mark.line
        key = _key(key_node, line)
        if key in fields:
            raise FrontMatterError(line, f"“{key}” stands here twice", "keep one of them")
        fields[key] = Field(_yaml_value(value_node, line), line)
    return fields


def _key(node: yaml.Node, line: int) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise FrontMatterError(line, "a key is not a word", "write “key: value”")
    return str(node.value).strip().lower()


def _yaml_value(node: yaml.Node, line: int) -> Value:
    if not str(node.tag).startswith("tag:yaml.org,2002:") or "python" in str(node.tag):
        raise FrontMatterError(line, f"the YAML tag {node.tag} is not allowed", "remove it")
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(item, line) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {_key(key, line): _yaml_value(item, line) for key, item in node.value}
    raise FrontMatterError(line, "this value cannot be read", "use plain text")


def _read_toml(text: str, first_line: int) -> dict[str, Field]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = first_line + int(at.group(1)) - 1 if at else first_line
        reason = f"the TOML cannot be read: {re.sub(r' *[(]at .*', '', str(error))}"
        raise FrontMatterError(line, reason, "write key = “value”") from error
    except RecursionError as error:
        reason = "the values are nested too deeply"
        raise FrontMatterError(first_line, reason, "use plain values") from error
    lines = text.split("\n")
    fields: dict[str, Field] = {}
    for key, value in table.items():
        line = first_line + _toml_line(lines, key)
        fields[key.lower()] = Field(_toml_value(value), line)
    return fields


def _toml_line(lines: list[str], key: str) -> int:
    start = re.compile(rf"\s*\[?[\"']?{re.escape(key)}\b")
    return next((number for number, line in enumerate(lines) if start.match(line)), 0)


def _toml_value(value: object) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_toml_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key).lower(): _toml_value(item) for key, item in value.items()}
    return str(value)
