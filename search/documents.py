"""What the text engine indexes: plain values that say nothing of where they come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of an article: the unit that a suggestion points at. `text` is plain text."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article in one language.

    `id` is opaque. `audience` is an opaque label ("public", "agents", "organisation:7"): a reader
    finds the document when the label is among the labels that the caller passes. `standing` is
    what readers' verdicts add to its rank, in log-odds; whoever sets it bounds it.
    """

    id: str
    locale: str
    slug: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    tags: tuple[str, ...]
    category: str
    audience: str
    standing: float = 0.0


@dataclass(frozen=True, slots=True)
class CustomerWords:
    """The text of a resolved ticket, as evidence for the article that solved it."""

    document_id: str
    text: str
    locale: str
    id: str
