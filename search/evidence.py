"""What speaks for an article: several similarities between a draft and what is known of it.

Each signal is a cosine in [0, 1], one row per article:

    title        words of the draft and of the title
    spelling     character n-grams of the draft and of the title
    text         words of the draft and of the whole article
    passage      words of the draft and of the best passage
    centroid     words of the draft and the mean of the tickets that the article solved (Rocchio)
    manner       character n-grams of the draft and the same mean
    nearest      words and n-grams of the draft and of the nearest of those tickets
    votes        how many of the nearest tickets of all the article solved, by nearness
    domain       character n-grams of the draft and of all titles in the article's language: does
                 the draft speak of what this help centre is about?
    known        how much of the draft's weight lies in words that any article or ticket has;
                 the same for all articles

An article without a body has no text and no passage: its title would count three times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.analysis import Word
from search.counted_texts import CountedArticle, CountedTicket
from search.counting import Floats, Ints
from search.lexicon import Lexicon
from search.postings import (
    Postings,
    Query,
    document_frequency,
    lay_out,
    merge_rows,
    only,
    query_vector,
    smooth_idf,
    top,
    weigh,
)
from search.recipe import Recipe
from search.vocabulary import Rows, Vocabulary, stacked

Signals = Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Evidence:
    """The fields of all articles in term-major layout."""

    lexicon: Lexicon
    word_idf: Floats
    gram_idf: Floats
    title: Postings
    spelling: Postings
    domain: Postings
    text: Postings
    passage: Postings
    centroid: Postings
    manner: Postings
    ticket_words: Postings
    ticket_grams: Postings
    passage_starts: Ints
    ticket_articles: Ints  # article of each ticket, ascending
    ticket_counts: Floats  # tickets that each article solved
    domains: Ints  # row of each article's language in the domain field
    unknown_word_idf: float
    unknown_gram_idf: float
    recipe: Recipe

    @property
    def article_count(self) -> int:
        return self.title.row_count

    def words_query(self, words: Sequence[Word]) -> Query:
        """The word vector of a draft."""
        counts = self.lexicon.word_counts([words], self.recipe.common_weight)
        return query_vector(counts, self.word_idf, self.unknown_word_idf)

    def grams_query(self, words: Sequence[Word]) -> Query:
        """The character n-gram vector of a draft."""
        return query_vector(self.lexicon.gram_counts([words]), self.gram_idf, self.unknown_gram_idf)

    def signals(self, words: Sequence[Word]) -> Signals:
        """Every signal for every article, for the words of one draft."""
        by_word, by_gram = self.words_query(words), self.grams_query(words)
        share = self.recipe.nearest_words
        tickets = share * _scores(self.ticket_words, by_word)
        tickets += (1.0 - share) * _scores(self.ticket_grams, by_gram)
        return {
            "title": _scores(self.title, by_word),
            "spelling": _scores(self.spelling, by_gram),
            "text": _scores(self.text, by_word),
            "passage": _best_of_groups(_scores(self.passage, by_word), self.passage_starts),
            "centroid": _scores(self.centroid, by_word),
            "manner": _scores(self.manner, by_gram),
            "nearest": _best_of_articles(tickets, self.ticket_articles, self.article_count),
            "votes": self._votes(tickets),
            "domain": _scores(self.domain, by_gram)[self.domains],
            "known": np.full(self.article_count, np.sum(by_word.weights**2, dtype=np.float64)),
        }

    def _votes(self, tickets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        nearest = top(tickets, self.recipe.votes)
        squares = tickets[nearest] ** 2
        articles = self.ticket_articles[nearest]
        return np.sqrt(np.bincount(articles, squares, minlength=self.article_count))

    def telling(self, words: Sequence[Word]) -> dict[str, float]:
        """The stems of a draft that are no stop words, and the idf of each."""
        found = {
            word.stem: self.lexicon.unigrams.get(word.stem) for word in words if not word.common
        }
        return {
            stem: float(self.word_idf[number])
            for stem, number in found.items()
            if number is not None
        }


def gather_evidence(
    vocabulary: Vocabulary,
    *,
    articles: Sequence[CountedArticle],
    tickets: Sequence[CountedTicket],
    ticket_articles: Ints,
    domains: Ints,
    recipe: Recipe,
) -> Evidence:
    """Fit the lexicon and the idf on articles and tickets, and lay out every field.

    `vocabulary` is that in which they were counted. `tickets` are sorted by article;
    `ticket_articles[t]` is the article that solved ticket t. `domains[a]` numbers the language of
    article a.
    """
    count = len(articles)
    titles = stacked(article.title_words for article in articles)
    spelled = stacked(article.title_grams for article in articles)
    texts = stacked(article.words for article in articles)
    passages = stacked(article.passage_words for article in articles)
    asked = stacked(ticket.words for ticket in tickets)
    manners = stacked(ticket.grams for ticket in tickets)
    numbered = vocabulary.numbered([titles, texts, passages, asked], [spelled, manners])
    word_features, gram_features = numbered.lexicon.word_features, len(numbered.lexicon.grams)

    def by_word(rows: Rows) -> Postings:
        return lay_out(rows, numbered.words, word_features)

    def by_gram(rows: Rows) -> Postings:
        return lay_out(rows, numbered.grams, gram_features)

    text, ticket_words = by_word(texts), by_word(asked)
    title_grams, ticket_grams = by_gram(spelled), by_gram(manners)
    units = count + len(tickets)
    word_idf = smooth_idf(document_frequency(text) + document_frequency(ticket_words), units)
    gram_idf = smooth_idf(document_frequency(title_grams) + document_frequency(ticket_grams), units)
    unknown = float(smooth_idf(np.zeros(1, dtype=np.int64), units)[0])

    ticket_words, ticket_grams = weigh(ticket_words, word_idf), weigh(ticket_grams, gram_idf)
    spelling = weigh(title_grams, gram_idf)
    bodied = np.array([article.has_body for article in articles], dtype=bool)
    lengths = np.array([len(article.passages) for article in articles], dtype=np.int64)
    return Evidence(
        lexicon=numbered.lexicon,
        word_idf=word_idf,
        gram_idf=gram_idf,
        title=weigh(by_word(titles), word_idf),
        spelling=spelling,
        domain=merge_rows(spelling, domains, int(domains.max(initial=-1)) + 1),
        text=weigh(only(text, bodied), word_idf),
        passage=weigh(only(by_word(passages), np.repeat(bodied, lengths)), word_idf),
        centroid=merge_rows(ticket_words, ticket_articles, count),
        manner=merge_rows(ticket_grams, ticket_articles, count),
        ticket_words=ticket_words,
        ticket_grams=ticket_grams,
        passage_starts=np.cumsum(lengths) - lengths,
        ticket_articles=ticket_articles,
        ticket_counts=np.bincount(ticket_articles, minlength=count).astype(np.float32),
        domains=domains,
        unknown_word_idf=unknown,
        unknown_gram_idf=unknown,
        recipe=recipe,
    )


def _scores(field: Postings, query: Query) -> npt.NDArray[np.float64]:
    scores = np.zeros(field.row_count)
    field.add_scores(query.features, query.weights, scores)
    return scores


def _best_of_groups(scores: npt.NDArray[np.float64], starts: Ints) -> npt.NDArray[np.float64]:
    return np.maximum.reduceat(scores, starts) if len(starts) else np.zeros(0)


def _best_of_articles(
    scores: npt.NDArray[np.float64], articles: Ints, count: int
) -> npt.NDArray[np.float64]:
    best = np.zeros(count)
    if len(articles):
        starts = np.flatnonzero(np.r_[True, articles[1:] != articles[:-1]])
        best[articles[starts]] = np.maximum.reduceat(scores, starts)
    return best


_POSTINGS: Final = (
    "title", "spelling", "domain", "text", "passage", "centroid", "manner", "ticket_words", "ticket_grams",
)  # fmt: skip


def evidence_arrays(evidence: Evidence) -> dict[str, npt.NDArray[Any]]:
    """Every array of the evidence, by the name under which a snapshot holds it."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "pairs": evidence.lexicon.pair_keys,
        "word_idf": evidence.word_idf,
        "gram_idf": evidence.gram_idf,
        "passage_starts": evidence.passage_starts,
        "ticket_articles": evidence.ticket_articles,
        "ticket_counts": evidence.ticket_counts,
        "domains": evidence.domains,
    }
    for name in _POSTINGS:
        field: Postings = getattr(evidence, name)
        arrays[f"{name}-starts"] = field.starts
        arrays[f"{name}-rows"] = field.rows
        arrays[f"{name}-weights"] = field.weights
    return arrays


def evidence_values(evidence: Evidence) -> dict[str, Any]:
    """Everything of the evidence that is not an array, as JSON values."""
    return {
        "unigrams": list(evidence.lexicon.unigrams),
        "grams": list(evidence.lexicon.grams),
        "evidence": {
            "unknown_word_idf": evidence.unknown_word_idf,
            "unknown_gram_idf": evidence.unknown_gram_idf,
            "row_counts": {name: getattr(evidence, name).row_count for name in _POSTINGS},
            "recipe": asdict(evidence.recipe),
        },
    }


def evidence_from(arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> Evidence:
    """The evidence that `evidence_arrays` and `evidence_values` described."""
    meta = values["evidence"]
    stored = {
        name: Postings(
            arrays[f"{name}-starts"],
            arrays[f"{name}-rows"],
            arrays[f"{name}-weights"],
            int(meta["row_counts"][name]),
        )
        for name in _POSTINGS
    }
    lexicon = Lexicon(_numbered(values["unigrams"]), arrays["pairs"], _numbered(values["grams"]))
    return Evidence(
        lexicon=lexicon,
        word_idf=arrays["word_idf"],
        gram_idf=arrays["gram_idf"],
        passage_starts=arrays["passage_starts"],
        ticket_articles=arrays["ticket_articles"],
        ticket_counts=arrays["ticket_counts"],
        domains=arrays["domains"],
        unknown_word_idf=float(meta["unknown_word_idf"]),
        unknown_gram_idf=float(meta["unknown_gram_idf"]),
        recipe=Recipe(**meta["recipe"]),
        **stored,
    )


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return dict(zip(names, range(len(names)), strict=True))
