"""What a ranker has to be better than: the most linked articles, and plain TF-IDF."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from search.documents import CustomerWords, Document

_BATCH: Final = 256


def most_linked(
    documents: Sequence[Document], words: Iterable[CustomerWords], audiences: frozenset[str]
) -> tuple[str, ...]:
    """The ids that these readers may see, those that solved the most tickets first."""
    counts = Counter(each.document_id for each in words)
    seen = [each.id for each in documents if each.audience in audiences]
    return tuple(sorted(seen, key=lambda document_id: (-counts[document_id], document_id)))


def tfidf_rankings(
    documents: Sequence[Document],
    texts: Sequence[str],
    audiences: Sequence[frozenset[str]],
    *,
    limit: int = 10,
) -> list[tuple[str, ...]]:
    """For each text the ids by cosine of TF-IDF vectors over the articles' texts, best first.

    scikit-learn's TfidfVectorizer with its defaults, accents stripped; `audiences` says for each
    text what its reader may see. Articles without a common word are left out.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not documents or not texts:
        return [() for _ in texts]
    vectorizer = TfidfVectorizer(strip_accents="unicode")
    try:
        matrix = vectorizer.fit_transform(text_of(each) for each in documents)
    except ValueError:  # there is no word in any article
        return [() for _ in texts]
    labels = np.array([each.audience for each in documents])
    rankings: list[tuple[str, ...]] = []
    for begin in range(0, len(texts), _BATCH):
        scores = (vectorizer.transform(texts[begin : begin + _BATCH]) @ matrix.T).toarray()
        for row, seen in zip(scores, audiences[begin : begin + _BATCH], strict=True):
            row[~np.isin(labels, sorted(seen))] = 0.0
            best = np.argsort(-row, kind="stable")[:limit]
            rankings.append(tuple(documents[int(at)].id for at in best if row[at] > 0))
    return rankings


def text_of(document: Document) -> str:
    """Everything that an article says."""
    parts = [document.title, document.summary, *document.tags]
    for section in document.sections:
        parts += [section.title, section.text]
    return "\n".join(parts)
