"""Two segments made one: the articles of both that count, as if they had been built together."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Ints
from search.fields import ByFeature, Holders, Names, Numbers
from search.groups import Starts, distinct
from search.keys import Keys
from search.live import Live
from search.meanings import Bytes, joined
from search.profiles import record_starts
from search.records import ENTRY, Records
from search.segment import HEARD, RETRIEVED, Articles, Segment, meant
from search.stretches import Held
from search.strings import Strings

# Neighbours that are copied together: of part `run[0]` the numbers `run[1]` up to `run[2]`.
_Runs = list[tuple[int, int, int]]
_AT_ONCE: Final = 1 << 14


def merge(parts: Sequence[Live]) -> Segment:
    """One segment of what counts in these parts. Costs a copy of every array."""
    own = [part.segment for part in parts]
    columns = [segment.articles for segment in own]
    runs = _in_order(parts)
    passages = _members(runs, [each.passage_starts for each in columns])
    tickets = _members(runs, [each.ticket_starts for each in columns])
    articles = _articles(columns, runs, passages, tickets)
    keys, df, numbers = _features(parts)
    known = _members(runs, [record_starts(each.passage_starts) for each in columns])
    records = _records([segment.records for segment in own], known, numbers)
    solved = _records(
        [segment.solved for segment in own], [(p, 2 * a, 2 * b) for p, a, b in tickets], numbers
    )
    rows = [_places(runs, len(each.ids), at) for at, each in enumerate(columns)]
    names = Names(numbers, rows, len(keys), len(articles.ids))
    rows = [_places(tickets, len(each.ticket_ids), at) for at, each in enumerate(columns)]
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


def _in_order(parts: Sequence[Live]) -> _Runs:
    """The articles that count, by their ids."""
    ids = [
        (document_id, number, row)
        for number, part in enumerate(parts)
        for row, (document_id, dead) in enumerate(
            zip(part.segment.articles.ids.encoded(), part.dead.tolist(), strict=True)
        )
        if not dead
    ]
    # Most ids stand in order already, which Timsort is quick with.
    ids.sort()
    runs: _Runs = []
    before, begin, end = -1, 0, 0
    for _, number, row in ids:
        if number != before or row != end:
            runs.append((before, begin, end))
            before, begin = number, row
        end = row + 1
    return [*runs, (before, begin, end)][1:]


def _places(runs: _Runs, count: int, part: int) -> Numbers:
    """Where each of the `count` numbers of a part comes to stand; -1 where it is left out."""
    places = np.full(count, -1, dtype=np.int32)
    filled = 0
    for number, a, b in runs:
        if number == part:
            places[a:b] = np.arange(filled, filled + b - a)
        filled += b - a
    return places


def _members(runs: _Runs, starts: Sequence[Starts]) -> _Runs:
    """What belongs to these groups: to group g of a part `starts[g]` up to `starts[g + 1]`."""
    return [(number, int(starts[number][a]), int(starts[number][b])) for number, a, b in runs]


def _spliced(runs: _Runs, columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate([columns[0][:0], *(columns[number][a:b] for number, a, b in runs)])


def _starts(runs: _Runs, starts: Sequence[Starts]) -> Ints:
    """Where each of these groups begins when they stand together, and the end."""
    return np.concatenate(([0], np.cumsum(_spliced(runs, [np.diff(each) for each in starts]))))


def _features(parts: Sequence[Live]) -> tuple[Keys, npt.NDArray[np.int32], list[Numbers]]:
    """The features that are left, in how many texts each stands, and each part's numbers for them.

    One that is not left is numbered after the last. Whatever an article or a ticket is known by stands in a text that is counted.
    """
    keys = distinct(np.concatenate([part.segment.keys for part in parts]))
    places = [np.searchsorted(keys, part.segment.keys) for part in parts]
    df = np.zeros(len(keys), dtype=np.int32)
    for part, at in zip(parts, places, strict=True):
        every = np.arange(len(at))
        df[at] += part.frequency(every, every >= 0)
    left = df > 0
    numbers = np.where(left, np.cumsum(left) - 1, np.count_nonzero(left)).astype(np.int32)
    return keys[left], df[left], [numbers[at] for at in places]


def _records(parts: Sequence[Records], rows: _Runs, numbers: Sequence[Numbers]) -> Records:
    starts = [part.starts for part in parts]
    entries = [part.entries.whole() for part in parts]
    begins = _starts(rows, starts)
    found = np.empty(int(begins[-1]), dtype=ENTRY)
    filled = 0
    for number, begin, end in _members(rows, starts):
        # What fits in a cache is renumbered faster.
        for a in range(begin, end, _AT_ONCE):
            own = entries[number][a : min(a + _AT_ONCE, end)]
            into = found[filled : filled + len(own)]
            into["feature"] = numbers[number][own["feature"]]
            into["weight"] = own["weight"]
            filled += len(own)
    return Records(begins, Held(found))


def _heard(parts: Sequence[Live], wanted: dict[str, _Runs]) -> tuple[str, dict[str, Bytes]]:
    """The ear of what counts in these parts, and its vectors; none where they are of several ears."""
    ears = {part.segment.ear for part in parts if not part.dead.all()}
    if len(ears) != 1 or "" in ears:
        return "", {}
    heard = [part.segment.meanings for part in parts]
    found = {
        name: joined([heard[number][name].values[a:b] for number, a, b in runs])
        for name, runs in wanted.items()
    }
    return ears.pop(), found


def _articles(parts: Sequence[Articles], runs: _Runs, passages: _Runs, tickets: _Runs) -> Articles:
    labels = sorted({label for own in parts for label in own.audience_labels})
    numbers = [
        np.array([labels.index(label) for label in own.audience_labels], np.int32) for own in parts
    ]
    audiences = [
        of[own.audiences] if len(of) else own.audiences
        for of, own in zip(numbers, parts, strict=True)
    ]

    def column(name: str, at: _Runs) -> Any:
        return _spliced(at, [getattr(own, name) for own in parts])

    def texts(name: str, at: _Runs) -> Strings:
        own: list[Strings] = [getattr(each, name) for each in parts]
        starts = [each.starts for each in own]
        content = _spliced(_members(at, starts), [each.content.whole() for each in own])
        return Strings(_starts(at, starts), Held(content))

    return Articles(
        ids=texts("ids", runs),
        languages=column("languages", runs),
        audiences=_spliced(runs, audiences),
        audience_labels=tuple(labels),
        ticket_counts=column("ticket_counts", runs),
        standings=column("standings", runs),
        gram_units=column("gram_units", runs),
        fingerprints=column("fingerprints", runs),
        id_keys=column("id_keys", runs),
        ticket_keys=column("ticket_keys", tickets),
        passage_starts=_starts(runs, [own.passage_starts for own in parts]),
        ticket_starts=_starts(runs, [own.ticket_starts for own in parts]),
        leads=column("leads", passages),
        passages=texts("passages", passages),
        ticket_ids=texts("ticket_ids", tickets),
    )
