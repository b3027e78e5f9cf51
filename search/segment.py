"""A part of an index: some articles with everything that is known of them, as arrays.

Segments never change. An index is a large one, a small one with what changed since, and a list of
the articles of the large one that the small one replaces (see `search.suggestions`).
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counted import CountedArticle
from search.counting import Flags, Floats, Ints, Rows, stacked
from search.fields import ByFeature, ByRow, Holders, Numbers, centroids, numbered, turned
from search.groups import distinct, ranges, tally
from search.keys import Keys, feature_key
from search.language import as_language
from search.meanings import Bytes, Meanings, joined, means
from search.profiles import Profiles, in_turns, record_rows, recorded
from search.records import Records
from search.snapshots import SavedArrays
from search.strings import Strings

COUNTED: Final = ("title", "spelling", "text", "passage", "ticket_words", "ticket_grams")
# Fields that are means of others, and how many features of such a mean are kept: the heaviest, so
# that what is known of a popular article does not grow for ever.
CENTROIDS: Final = {"centroid": ("ticket_words", 400), "manner": ("ticket_grams", 1_000)}
# By these it is found out which articles and tickets come into question.
RETRIEVED: Final = ("title", "text", "centroid", "ticket_words")
HEARD: Final = ("title", "passage", "ticket")
# Of up to so many articles all come into question.
SMALL: Final = 256


@dataclass(frozen=True)
class Articles:
    """Columns of articles, sorted by id. `languages` and `audiences` number labels."""

    ids: Strings
    languages: npt.NDArray[np.int16]
    audiences: npt.NDArray[np.int32]
    audience_labels: tuple[str, ...]
    ticket_counts: npt.NDArray[np.int32]
    standings: Floats
    gram_units: Floats  # what a character n-gram weighs that stands once in the title
    fingerprints: Keys
    id_keys: Keys  # what decides between articles that are equally good
    ticket_keys: Keys
    passage_starts: Ints  # of each article's passages, and the end
    ticket_starts: Ints
    leads: Flags  # whether a passage is the beginning of its article
    passages: Strings  # as JSON (see `search.passages`)
    ticket_ids: Strings


LANGUAGE_LABELS: Final = ("", "en", "es")


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of some texts each of their features stands; the features are sorted."""

    features: Numbers
    counts: Numbers

    def of(self, features: Ints) -> Ints:
        """The same of some features, 0 for one that is not there."""
        if not len(self.features):
            return np.zeros(len(features), dtype=np.int64)
        at = np.searchsorted(self.features, features)
        at[at == len(self.features)] = 0
        return np.where(self.features[at] == features, self.counts[at], 0)


@dataclass(frozen=True)
class Segment:
    """Articles, the features that they have, and in how many texts each feature stands.

    `records` are what each article is known by, `solved` the words and the character n-grams of
    each ticket: they are read row by row. `df[f]` counts articles (title or text) and learned tickets that hold feature `keys[f]`; of
    character n-grams, titles and tickets. `meanings` of titles, passages, tickets and the means of
    each article's tickets are by the ear of that name; there are none without an ear.
    """

    articles: Articles
    keys: Keys
    df: npt.NDArray[np.int32]
    records: Records
    solved: Records
    by_feature: Mapping[str, ByFeature]
    spelled: Holders  # the titles that hold a character n-gram
    ear: str = ""
    meanings: Mapping[str, Meanings] = field(default_factory=dict)
    _scratch: threading.local = field(default_factory=threading.local, compare=False)
    _by_audience: dict[int, Frequencies] = field(default_factory=dict, compare=False)

    @property
    def article_count(self) -> int:
        return len(self.articles.ids)

    @property
    def ticket_count(self) -> int:
        return len(self.articles.ticket_ids)

    def find(self, keys: Keys) -> tuple[Ints, Flags]:
        """The numbers of features here, and whether each is here at all."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), dtype=bool)
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        return at, self.keys[at] == keys

    @contextmanager
    def weighing(self, features: Ints, weights: Floats | np.float32) -> Iterator[Floats]:
        """A weight for each feature there is: those given, and 0 for all others.

        Good inside the `with` alone, and not for another one within: the array is this thread's.
        """
        found: Floats | None = getattr(self._scratch, "zeros", None)
        if found is None:
            found = np.zeros(len(self.keys), dtype=np.float32)
            self._scratch.zeros = found
        found[features] = weights
        try:
            yield found
        finally:
            found[features] = 0.0

    def profiles(self, articles: Ints, *, with_text: bool = True) -> Profiles:
        """What is known of some articles."""
        starts = self.articles.passage_starts
        firsts, ends = record_rows(starts, articles), record_rows(starts, articles + 1)
        rows = self.records.read(firsts, ends if with_text else ends - 1)
        return Profiles(rows, starts[articles + 1] - starts[articles], with_text)

    def tickets(self, tickets: Ints) -> ByRow:
        """Of each of some tickets its words, and in the next row its character n-grams."""
        return self.solved.read(2 * tickets, 2 * tickets + 2)

    def ticket_articles(self, tickets: Ints) -> Ints:
        """The article that each of these tickets belongs to."""
        return np.searchsorted(self.articles.ticket_starts, tickets, side="right") - 1

    def frequencies(self, articles: Ints) -> Frequencies:
        """Features of some articles and their tickets, and in how many of these texts each is."""
        known = self.profiles(articles)
        solved = self.tickets(ranges(self.articles.ticket_starts, articles))
        title, text, spelling = map(known.field, ("title", "text", "spelling"))
        at, counts = frequencies(title, text, spelling, solved.features, len(self.keys))
        return Frequencies(at.astype(np.int32), counts.astype(np.int32))

    def audience_frequencies(self, audience: int) -> Frequencies:
        """The same of all articles of an audience, by its number. Added up once."""
        found = self._by_audience.get(audience)
        if found is None:
            found = self.frequencies(np.flatnonzero(self.articles.audiences == audience))
            self._by_audience[audience] = found
        return found

    @classmethod
    def build(cls, counted: Sequence[CountedArticle]) -> "Segment":
        """Lay out counted articles, which are sorted by id."""
        rows: dict[str, Rows] = {
            name: stacked([getattr(each, name) for each in counted]) for name in COUNTED
        }
        keys = distinct(np.concatenate([each.keys for each in rows.values()]))
        fields = {name: numbered(each, keys) for name, each in rows.items()}
        articles = _articles(counted)
        for name, (source, best) in CENTROIDS.items():
            fields[name] = centroids(fields[source], articles.ticket_starts, len(keys), best)
        tickets = (fields["ticket_words"], fields["ticket_grams"])
        at, counts = frequencies(
            fields["title"],
            fields["text"],
            fields["spelling"],
            np.concatenate([each.features for each in tickets]),
            len(keys),
        )
        df = np.zeros(len(keys), dtype=np.int32)
        df[at] = counts
        records = Records.of(recorded(fields, articles.passage_starts))
        solved = Records.of(in_turns(*tickets))
        by_feature = {name: turned(fields[name], len(keys)) for name in RETRIEVED}
        ear = counted[0].ear if counted else ""
        heard = {name: joined([each.meanings[name] for each in counted]) for name in HEARD if ear}
        meanings = meant(heard, articles.ticket_starts)
        spelled = Holders.of(turned(fields["spelling"], len(keys)))
        return cls(articles, keys, df, records, solved, by_feature, spelled, ear, meanings)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every array, by the name that a snapshot gives it."""
        own = self.articles
        arrays: dict[str, npt.NDArray[Any]] = {"keys": self.keys, "df": self.df}
        arrays |= self.spelled.arrays("spelled")
        arrays |= self.records.arrays("records") | self.solved.arrays("solved")
        for name, by_feature in self.by_feature.items():
            arrays |= by_feature.arrays(name)
        for name, meanings in self.meanings.items():
            arrays |= meanings.arrays(name)
        for name in _COLUMNS:
            arrays[name] = getattr(own, name)
        for name in _TEXTS:
            arrays |= getattr(own, name).arrays(name)
        return arrays

    def values(self) -> dict[str, Any]:
        """What is not an array, as JSON values."""
        return {"audience_labels": list(self.articles.audience_labels), "ear": self.ear}

    @classmethod
    def saved(cls, arrays: SavedArrays, values: Mapping[str, Any]) -> "Segment":
        """The segment that `arrays` and `values` described.

        Raises KeyError, OSError or ValueError: something is missing or damaged.
        """
        columns: dict[str, Any] = {name: arrays[name] for name in _COLUMNS}
        columns |= {name: Strings.filed(name, arrays) for name in _TEXTS}
        # These are looked for by halving.
        columns["ids"] = Strings.from_arrays("ids", arrays)
        articles = Articles(**columns, audience_labels=tuple(values["audience_labels"]))
        counts = {name: len(articles.ids) for name in RETRIEVED}
        counts["ticket_words"] = len(articles.ticket_ids)
        ear = str(values.get("ear", ""))
        return cls(
            articles,
            arrays["keys"],
            arrays["df"],
            Records.saved("records", arrays),
            Records.saved("solved", arrays),
            {name: ByFeature.from_arrays(name, arrays, counts[name]) for name in RETRIEVED},
            Holders.from_arrays("spelled", arrays, len(articles.ids)),
            ear,
            {
                name: Meanings.from_arrays(name, arrays)
                for name in ((*HEARD, "centroid") if ear else ())
            },
        )


_COLUMNS: Final = (
    "languages", "audiences", "ticket_counts", "standings", "gram_units", "fingerprints", "id_keys",
    "ticket_keys", "leads", "passage_starts", "ticket_starts",
)  # fmt: skip
_TEXTS: Final = ("ids", "passages", "ticket_ids")


def frequencies(
    title: ByRow, text: ByRow, spelling: ByRow, solved: Numbers, feature_count: int
) -> tuple[Ints, Ints]:
    """The features of some articles and tickets, sorted, and the number of texts that hold each.

    A word that stands in both the title and the text of an article counts once. `solved` are the
    features of the tickets.
    """
    told = (title.features, text.features, spelling.features, solved)
    held, counts = tally(np.concatenate(told), feature_count)
    in_titles, in_texts = (
        np.repeat(np.arange(field.row_count), np.diff(field.starts)) * feature_count
        + field.features
        for field in (title, text)
    )
    at = np.searchsorted(in_texts, in_titles)
    at[at == len(in_texts)] = 0
    twice = title.features[in_texts[at] == in_titles] if len(in_texts) else title.features[:0]
    again, times = tally(twice, feature_count)
    counts[np.searchsorted(held, again)] -= times
    return held, counts


def meant(heard: Mapping[str, Bytes], ticket_starts: Ints) -> dict[str, Meanings]:
    """What was heard, and the mean of each article's tickets."""
    meanings = {name: Meanings.of(values) for name, values in heard.items()}
    if "ticket" in heard:
        meanings["centroid"] = Meanings.of(means(heard["ticket"], ticket_starts))
    return meanings


def _articles(counted: Sequence[CountedArticle]) -> Articles:
    documents = [each.document for each in counted]
    passages = [passage for each in counted for passage in each.passages]
    labels = sorted({document.audience for document in documents})
    number = {label: at for at, label in enumerate(labels)}
    languages = [as_language(document.locale) or "" for document in documents]
    return Articles(
        ids=Strings.of(document.id for document in documents),
        languages=np.array([LANGUAGE_LABELS.index(each) for each in languages], np.int16),
        audiences=np.array([number[document.audience] for document in documents], np.int32),
        audience_labels=tuple(labels),
        ticket_counts=np.array([each.ticket_count for each in counted], np.int32),
        standings=np.array([document.standing for document in documents], np.float32),
        gram_units=np.array(
            [each.spelling.weights.min(initial=1.0) for each in counted], np.float32
        ),
        fingerprints=np.array([each.fingerprint for each in counted], np.uint64),
        id_keys=np.array([feature_key(document.id) for document in documents], np.uint64),
        ticket_keys=np.array(
            [
                feature_key(f"{each.document.id} {id_}")
                for each in counted
                for id_ in each.ticket_ids
            ],
            np.uint64,
        ),
        passage_starts=_starts([len(each.passages) for each in counted]),
        ticket_starts=_starts([len(each.ticket_ids) for each in counted]),
        leads=np.array([not passage.anchor for passage in passages], np.bool_),
        passages=Strings.of(passage.packed() for passage in passages),
        ticket_ids=Strings.of(id_ for each in counted for id_ in each.ticket_ids),
    )


def _starts(lengths: Sequence[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(lengths, dtype=np.int64))))
