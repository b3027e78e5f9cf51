"""A linear classifier of drafts by the article that solves them, learned from resolved tickets.

One linear support vector machine against the rest for each article (LinearSVC), on words, pairs
and character n-grams weighed by tf-idf. It is trained now and then, not with every ticket: what
the newest tickets say comes from the other signals meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from search.counting import Floats, Ints, Rows
from search.fields import ByRow
from search.keys import Keys
from search.query import smooth_idf
from search.segment import Segment
from search.stop_keys import undampened
from search.strings import Strings

MAX_ARTICLES: Final = 500
"""The articles with the most tickets are classes; of a larger help centre the others are not."""
_MAX_FEATURES: Final = 40_000
_COST: Final = 0.5
# What an article scores that is no class, and the least that any scores.
FLOOR: Final = 1.5


@dataclass(frozen=True)
class LinearModel:
    """Weights of features (rows) for articles (columns). `idf` is that of the training."""

    articles: tuple[str, ...]
    keys: Keys
    idf: Floats
    weights: npt.NDArray[np.float16]
    bias: Floats
    columns: Mapping[str, int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        columns = {article: number for number, article in enumerate(self.articles)}
        object.__setattr__(self, "columns", columns)

    def margins(self, words: Rows, grams: Rows) -> Floats:
        """How far on its side of the border a draft lies, for each article; never under -1.5."""
        found = self.bias.copy()
        for rows in (words, grams):
            at = np.searchsorted(self.keys, rows.keys)
            at[at == len(self.keys)] = 0
            here = self.keys[at] == rows.keys
            at = at[here]
            weights = rows.weights[here] * self.idf[at]
            length = float(np.sqrt(np.sum(weights**2, dtype=np.float64))) or 1.0
            found += (weights / np.float32(length)) @ self.weights[at].astype(np.float32)
        return np.maximum(found, -FLOOR)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every array, by the name that a snapshot gives it."""
        return {
            "keys": self.keys,
            "idf": self.idf,
            "weights": self.weights,
            "bias": self.bias,
            **Strings.of(self.articles).arrays("articles"),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "LinearModel":
        """What `arrays` described. Raises KeyError: something is missing."""
        articles = tuple(Strings.from_arrays("articles", arrays))
        return cls(articles, arrays["keys"], arrays["idf"], arrays["weights"], arrays["bias"])


def train_linear_model(segment: Segment) -> LinearModel | None:
    """Learn from the tickets of a segment, and from the titles as one more text each.

    None: fewer than two articles have tickets. The same segment gives the same model.
    """
    from sklearn.svm import LinearSVC

    classes = classes_of(segment)
    if np.count_nonzero(segment.articles.ticket_counts[classes]) < 2:  # noqa: PLR2004 - two sides
        return None
    articles = segment.ticket_articles(np.arange(segment.ticket_count))
    tickets = np.flatnonzero(np.isin(articles, classes))
    solved, known = segment.tickets(tickets), segment.profiles(classes)
    at = np.arange(0, solved.row_count, 2)
    words = _stacked(segment, solved.chosen(at), known.field("title"))
    grams = _stacked(segment, solved.chosen(at + 1), known.field("spelling"))
    texts = np.bincount(np.concatenate([words.indices, grams.indices]), minlength=len(segment.keys))
    kept = np.flatnonzero(texts)
    # Stop words are counted for less; what people ask is told by them, too ("how", "why", "no").
    idf = smooth_idf(texts[kept], words.shape[0]) * undampened(segment.keys[kept])
    rows = _narrow(_weighed(words[:, kept], idf) + _weighed(grams[:, kept], idf))
    wanted = np.concatenate([articles[tickets], classes])
    learner = LinearSVC(C=_COST, tol=0.05, max_iter=200, random_state=0)
    learner.fit(rows, wanted)
    weights = learner.coef_.T
    if weights.shape[1] == 1:
        weights = np.concatenate([-weights, weights], axis=1)
        learner.intercept_ = np.concatenate([-learner.intercept_, learner.intercept_])
    heaviest = np.abs(weights).max(axis=1)
    best = np.sort(np.argsort(-heaviest, kind="stable")[:_MAX_FEATURES])
    return LinearModel(
        articles=tuple(segment.articles.ids[int(row)] for row in learner.classes_),
        keys=segment.keys[kept][best],
        idf=idf[best],
        weights=weights[best].astype(np.float16),
        bias=learner.intercept_.astype(np.float32),
    )


def classes_of(segment: Segment) -> Ints:
    """The articles that are told apart: all, or of many those with the most tickets."""
    counts = segment.articles.ticket_counts
    if len(counts) <= MAX_ARTICLES:
        return np.arange(len(counts))
    order = np.lexsort((segment.articles.id_keys, -counts))[:MAX_ARTICLES]
    return np.sort(order[counts[order] > 0])


def _stacked(segment: Segment, *parts: ByRow) -> sparse.csr_array:
    return sparse.vstack(
        [
            sparse.csr_array(
                (part.weights.astype(np.float64), part.features, part.starts),
                shape=(part.row_count, len(segment.keys)),
            )
            for part in parts
        ],
        format="csr",
    )


def _weighed(rows: sparse.csr_array, idf: Floats) -> sparse.csr_array:
    from sklearn.preprocessing import normalize

    weighed: sparse.csr_array = normalize(rows @ sparse.diags_array(idf.astype(np.float64)))
    return weighed


def _narrow(rows: sparse.csr_array) -> sparse.csr_array:
    """The same with 32-bit indices, which is all that the learner takes."""
    parts = (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32))
    return sparse.csr_array(parts, shape=rows.shape)
