"""Two segments made one: the articles of both that count, as if they had been built together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from search.fields import ByFeature, Holders, Names, Numbers
from search.live import Live
from search.meanings import Bytes, joined
from search.profiles import record_starts
from search.records import ENTRY, Records
from search.segment import HEARD, RETRIEVED, Articles, Segment, meant
from search.splicing import (
    Runs,
    features_left,
    in_order,
    members,
    places,
    spliced,
    spliced_starts,
    spliced_texts,
)
from search.stretches import Held

# What fits in a cache is renumbered faster.
_AT_ONCE: Final = 1 << 14


def merge(parts: Sequence[Live]) -> Segment:
    """One segment of what counts in these parts. Costs a copy of every array."""
    own = [part.segment for part in parts]
    columns = [segment.articles for segment in own]
    runs = in_order([each.ids for each in columns], [part.dead for part in parts])
    passages = members(runs, [each.passage_starts for each in columns])
    tickets = members(runs, [each.ticket_starts for each in columns])
    articles = _articles(columns, runs, passages, tickets)
    # Whatever an article or a ticket is known by stands in a text that is counted.
    keys, df, numbers = features_left(
        [segment.keys for segment in own], [part.frequencies() for part in parts]
    )
    known = members(runs, [record_starts(each.passage_starts) for each in columns])
    records = _records([segment.records for segment in own], known, numbers)
    solved = _records(
        [segment.solved for segment in own], [(p, 2 * a, 2 * b) for p, a, b in tickets], numbers
    )
    rows = [places(runs, part, len(each.ids)) for part, each in enumerate(columns)]
    names = Names(numbers, rows, len(keys), len(articles.ids))
    rows = [places(tickets, part, len(each.ticket_ids)) for part, each in enumerate(columns)]
    of_tickets = Names(numbers, rows, len(keys), len(articles.ticket_ids))
    by_feature = {
        name: ByFeature.spliced(
            [segment.by_feature[name] for segment in own],
            of_tickets if name == "ticket_words" else names,
        )
        for name in RETRIEVED
    }
    spelled = Holders.spliced([segment.spelled for segment in own], names)
    ear, heard = _heard(parts, dict(zip(HEARD, (runs, passages, tickets), strict=True)))
    meanings = meant(heard, articles.ticket_starts)
    return Segment(articles, keys, df, records, solved, by_feature, spelled, ear, meanings)


def _records(parts: Sequence[Records], rows: Runs, numbers: Sequence[Numbers]) -> Records:
    starts = [part.starts for part in parts]
    entries = [part.entries.whole() for part in parts]
    begins = spliced_starts(rows, starts)
    found = np.empty(int(begins[-1]), dtype=ENTRY)
    filled = 0
    for part, begin, end in members(rows, starts):
        for a in range(begin, end, _AT_ONCE):
            own = entries[part][a : min(a + _AT_ONCE, end)]
            into = found[filled : filled + len(own)]
            into["feature"] = numbers[part][own["feature"]]
            into["weight"] = own["weight"]
            filled += len(own)
    return Records(begins, Held(found))


def _heard(parts: Sequence[Live], wanted: Mapping[str, Runs]) -> tuple[str, dict[str, Bytes]]:
    """The ear of what counts in these parts, and its vectors; none where they are of several ears."""
    ears = {part.segment.ear for part in parts if not part.dead.all()}
    if len(ears) != 1 or "" in ears:
        return "", {}
    heard = [part.segment.meanings for part in parts]
    found = {
        name: joined([heard[part][name].values[a:b] for part, a, b in runs])
        for name, runs in wanted.items()
    }
    return ears.pop(), found


def _articles(parts: Sequence[Articles], runs: Runs, passages: Runs, tickets: Runs) -> Articles:
    labels = sorted({label for own in parts for label in own.audience_labels})
    numbers = [
        np.array([labels.index(label) for label in own.audience_labels], np.int32) for own in parts
    ]
    audiences = [
        of[own.audiences] if len(of) else own.audiences
        for of, own in zip(numbers, parts, strict=True)
    ]

    def column(name: str, at: Runs) -> Any:
        return spliced(at, [getattr(own, name) for own in parts])

    return Articles(
        ids=spliced_texts(runs, [own.ids for own in parts]),
        languages=column("languages", runs),
        audiences=spliced(runs, audiences),
        audience_labels=tuple(labels),
        ticket_counts=column("ticket_counts", runs),
        standings=column("standings", runs),
        gram_units=column("gram_units", runs),
        fingerprints=column("fingerprints", runs),
        id_keys=column("id_keys", runs),
        ticket_keys=column("ticket_keys", tickets),
        passage_starts=spliced_starts(runs, [own.passage_starts for own in parts]),
        ticket_starts=spliced_starts(runs, [own.ticket_starts for own in parts]),
        leads=column("leads", passages),
        passages=spliced_texts(passages, [own.passages for own in parts]),
        ticket_ids=spliced_texts(tickets, [own.ticket_ids for own in parts]),
    )
