"""Two segments made one: the articles of both that count, as if they had been built together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from search.counting import Ints
from search.fields import ByRow
from search.groups import distinct
from search.live import Live
from search.meanings import Bytes, joined
from search.segment import FIELDS, Articles, Segment
from search.strings import Strings

_OF_ARTICLES = ("title", "spelling", "text", "centroid", "manner")
_OF_PASSAGES = ("passage",)


def merge(parts: Sequence[Live]) -> Segment:
    """One segment of what counts in these parts. Costs a copy of every array."""
    rows = [np.flatnonzero(~part.dead) for part in parts]
    ids = [
        (part.segment.articles.ids[int(row)], number, int(row))
        for number, (part, own) in enumerate(zip(parts, rows, strict=True))
        for row in own
    ]
    # Most ids stand in order already, which Timsort is quick with.
    ids.sort()
    bases = np.cumsum([0, *(part.segment.article_count for part in parts)])
    order = np.array([bases[number] + row for _, number, row in ids], dtype=np.int64)
    articles, passages, tickets = _articles(parts, order)
    keys = distinct(np.concatenate([part.segment.keys for part in parts]))
    df = np.zeros(len(keys), dtype=np.int32)
    for part in parts:
        own = np.arange(len(part.segment.keys))
        df[np.searchsorted(keys, part.segment.keys)] += part.frequency(own, own >= 0)
    by_row = {}
    for name in FIELDS:
        wanted = order if name in _OF_ARTICLES else passages if name in _OF_PASSAGES else tickets
        by_row[name] = _joined(parts, name, keys).chosen(wanted)
    used = np.zeros(len(keys), dtype=bool)
    for field in by_row.values():
        used[field.features] = True
    if not used.all():
        numbers = (np.cumsum(used) - 1).astype(np.int32)
        by_row = {
            name: ByRow(field.starts, numbers[field.features], field.weights)
            for name, field in by_row.items()
        }
    ear, heard = _heard(parts, {"title": order, "passage": passages, "ticket": tickets})
    return Segment.of(articles, keys[used], df[used], by_row, ear, heard)


def _heard(parts: Sequence[Live], wanted: Mapping[str, Ints]) -> tuple[str, dict[str, Bytes]]:
    """The ear of what counts in these parts, and its vectors; none where they are of several ears."""
    ears = {part.segment.ear for part in parts if not part.dead.all()}
    if len(ears) != 1 or "" in ears:
        return "", {}
    ear = ears.pop()
    dimensions = next(
        each.segment.meanings["title"].values.shape[1] for each in parts if each.segment.ear == ear
    )
    found = {}
    for name, rows in wanted.items():
        whole = [
            part.segment.meanings[name].values
            if part.segment.ear == ear
            else np.zeros((_count(part, name), dimensions), dtype=np.int8)
            for part in parts
        ]
        found[name] = joined(whole)[rows]
    return ear, found


def _count(part: Live, name: str) -> int:
    own = part.segment.articles
    return {"title": len(own.ids), "passage": len(own.texts), "ticket": len(own.ticket_ids)}[name]


def _joined(parts: Sequence[Live], name: str, keys: Any) -> ByRow:
    fields = [part.segment.by_row[name] for part in parts]
    numbers = [np.searchsorted(keys, part.segment.keys).astype(np.int32) for part in parts]
    lengths = np.concatenate([np.diff(field.starts) for field in fields])
    return ByRow(
        np.concatenate(([0], np.cumsum(lengths))),
        np.concatenate([own[field.features] for own, field in zip(numbers, fields, strict=True)]),
        np.concatenate([field.weights for field in fields]),
    )


def _articles(parts: Sequence[Live], order: Ints) -> tuple[Articles, Ints, Ints]:
    columns = [part.segment.articles for part in parts]
    labels = sorted({label for own in columns for label in own.audience_labels})
    numbers = [
        np.array([labels.index(label) for label in own.audience_labels], np.int32)
        for own in columns
    ]
    audiences = [
        own[columns[at].audiences] if len(own) else columns[at].audiences
        for at, own in enumerate(numbers)
    ]
    passage_starts, passages = _regrouped([own.passage_starts for own in columns], order)
    ticket_starts, tickets = _regrouped([own.ticket_starts for own in columns], order)

    def column(name: str, at: Ints) -> Any:
        return np.concatenate([getattr(own, name) for own in columns])[at]

    def texts(name: str, at: Ints) -> Strings:
        return Strings.joined([getattr(own, name) for own in columns]).chosen(at)

    articles = Articles(
        ids=texts("ids", order),
        titles=texts("titles", order),
        languages=column("languages", order),
        audiences=np.concatenate(audiences)[order],
        audience_labels=tuple(labels),
        ticket_counts=column("ticket_counts", order),
        standings=column("standings", order),
        fingerprints=column("fingerprints", order),
        id_keys=column("id_keys", order),
        ticket_keys=column("ticket_keys", tickets),
        passage_starts=passage_starts,
        ticket_starts=ticket_starts,
        anchors=texts("anchors", passages),
        headings=texts("headings", passages),
        texts=texts("texts", passages),
        ticket_ids=texts("ticket_ids", tickets),
    )
    return articles, passages, tickets


def _regrouped(starts: Sequence[Ints], order: Ints) -> tuple[Ints, Ints]:
    """Starts of the groups in their new order, and the members in that order."""
    lengths = np.concatenate([np.diff(own) for own in starts])
    begins = np.concatenate(([0], np.cumsum(lengths)))[order]
    chosen = lengths[order]
    new = np.concatenate(([0], np.cumsum(chosen)))
    return new, np.repeat(begins - new[:-1], chosen) + np.arange(int(chosen.sum()))
