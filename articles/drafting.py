"""An article's first draft from a resolved ticket: the customer's words, the agent's answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from articles.customer_words import customer_words
from articles.private_spans import (
    PrivateKind,
    PrivateSpan,
    find_private,
    has_private_marks,
    mark_private,
    marked_spans,
)

__all__ = [
    "ArticleDraft",
    "PrivateKind",
    "PrivateSpan",
    "draft_from_ticket",
    "find_private",
    "has_private_marks",
    "hint_left",
    "mark_private",
    "marked_spans",
]

MAX_TITLE: Final = 120
MAX_PART: Final = 20_000
"""Characters taken from all of a customer's messages, or from all of the agent's replies."""

_WORDS: Final = {
    "en": {
        "problem": "The problem",
        "why": "Why it happens",
        "solution": "Solution",
        "untitled": "Untitled",
        "problem_hint": "Say what people see when this happens, in their own words.",
        "why_hint": "Explain in one or two sentences why this happens.",
        "solution_hint": "Write the steps that solved it.",
    },
    "es": {
        "problem": "El problema",
        "why": "Por qué ocurre",
        "solution": "Solución",
        "untitled": "Sin título",
        "problem_hint": "Cuenta qué ve la gente cuando esto ocurre, con sus propias palabras.",
        "why_hint": "Explica en una o dos frases por qué ocurre.",
        "solution_hint": "Escribe los pasos que lo resolvieron.",
    },
}
_SUBJECT_PREFIX: Final = re.compile(
    r"^(?:\s*(?:re|rv|fw|fwd|aw|tr)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE
)
_TICKET_REFERENCE: Final = re.compile(r"\s*[\[(#][A-Z]{0,5}[-#]?\d{2,}[\])]?\s*")


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A draft to be finished by a person. `private_spans` are positions in `body`, marks included.

    The title, too, may hold marks.
    """

    title: str
    body: str
    tags: tuple[str, ...]
    private_spans: tuple[PrivateSpan, ...]
    category: str | None = None
    locale: str = "en"


def draft_from_ticket(
    subject: str,
    customer_messages: Sequence[str],
    agent_replies: Sequence[str],
    *,
    locale: str,
    known_names: Sequence[str] = (),
    category: str | None = None,
    tags: Sequence[str] = (),
) -> ArticleDraft:
    """Return a draft in sections: the problem, why it happens, the solution.

    The problem is what customers wrote, quoted and without greeting, signature and quoted mail;
    the solution is what agents replied, greeting and signature left out, later replies last.
    Names (of `known_names` and those that introduce themselves), e-mail addresses, telephone and
    long numbers, and addresses with tokens stand between `⟦` and `⟧` until somebody removes them.
    """
    words = _WORDS.get(locale, _WORDS["en"])
    problem = _parts(customer_messages, known_names)
    solution = _parts(agent_replies, known_names)
    body = "\n\n".join(
        [
            f"## {words['problem']}",
            "\n>\n".join(_quoted(part) for part in problem) or _hint(words["problem_hint"]),
            f"## {words['why']}",
            _hint(words["why_hint"]),
            f"## {words['solution']}",
            "\n\n".join(_below_headings(part) for part in solution)
            or _hint(words["solution_hint"]),
        ]
    )
    body += "\n"
    return ArticleDraft(
        title=mark_private(_title(subject), known_names) or words["untitled"],
        body=body,
        tags=tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip())),
        private_spans=marked_spans(body),
        category=category,
        locale=locale if locale in _WORDS else "en",
    )


def hint_left(body: str) -> str:
    """Return the first hint of a draft that still waits for somebody's words, or ""."""
    hints = {
        _hint(text): text
        for words in _WORDS.values()
        for name, text in words.items()
        if name.endswith("_hint")
    }
    return next((hints[line.strip()] for line in body.splitlines() if line.strip() in hints), "")


def _title(subject: str) -> str:
    bare = _SUBJECT_PREFIX.sub("", " ".join(subject.split()))
    bare = _TICKET_REFERENCE.sub(" ", bare).strip(" -–—:.")
    if len(bare) > MAX_TITLE:
        bare = bare[:MAX_TITLE].rpartition(" ")[0].rstrip(" ,;:") + "…"
    return bare[:1].upper() + bare[1:]


def _parts(messages: Sequence[str], known_names: Sequence[str]) -> list[str]:
    parts: list[str] = []
    room = MAX_PART
    for message in messages:
        text = customer_words(message)[:room]
        # A thank-you or a repetition says nothing new.
        if text and text not in parts:
            parts.append(text)
            room -= len(text)
    return [mark_private(part, known_names) for part in parts]


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))


def _below_headings(text: str) -> str:
    """Put an agent's own headings below the section they land in."""
    return re.sub(r"^(#{1,4})(?=[ \t])", r"##\1", text, flags=re.MULTILINE)


def _hint(text: str) -> str:
    return f"*{text}*"
