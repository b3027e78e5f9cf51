"""What a desk's models say of the articles in question."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from search.counting import Floats, Ints
from search.desk_model import DeskModel
from search.evidence import Candidates
from search.hearing import Heard
from search.linear_model import FLOOR
from search.live import Live
from search.query import Query
from search.recipe import Array


class Margins:
    """The margins of a model's classes for the articles of an index."""

    def __init__(self, model: DeskModel, parts: Sequence[Live]) -> None:
        self._model = model
        self._parts = parts

    def of(self, query: Query, heard: Heard | None, candidates: Candidates) -> Array:
        """The margins of the models of words and of meanings, shape (candidates, 2).

        0 for an article that is no class, and without a model.
        """
        margins = np.zeros((len(candidates), 2))
        linear, meant = self._model.linear, self._model.meant
        if linear is not None and len(candidates):
            found = linear.margins(query.words, query.grams)
            margins[:, 0] = _spread(self._columns_of_words, found, candidates)
        if meant is not None and heard is not None and len(candidates):
            found = meant.margins(heard.meaning)
            margins[:, 1] = _spread(self._columns_of_meanings, found, candidates)
        return margins

    def prepare(self) -> None:
        """Find the classes among the articles, which the first draft would wait for."""
        _ = self._columns_of_words, self._columns_of_meanings

    @cached_property
    def _columns_of_words(self) -> list[Ints]:
        return self._columns(self._model.linear.articles if self._model.linear else ())

    @cached_property
    def _columns_of_meanings(self) -> list[Ints]:
        return self._columns(self._model.meant.articles if self._model.meant else ())

    def _columns(self, classes: tuple[str, ...]) -> list[Ints]:
        """For each part, the class of each article; -1 for none."""
        found = [np.full(part.segment.article_count, -1, np.int64) for part in self._parts]
        for column, document_id in enumerate(classes):
            for own, part in zip(found, self._parts, strict=True):
                row = part.segment.articles.ids.find(document_id)
                if row is not None:
                    own[row] = column
        return found


def _spread(columns: Sequence[Ints], margins: Floats, candidates: Candidates) -> Array:
    found = np.zeros(len(candidates))
    for number, column in enumerate(columns):
        own = np.flatnonzero(candidates.parts == number)
        at = column[candidates.rows[own]]
        found[own] = np.where(at >= 0, margins[at], -FLOOR) + FLOOR
    return found
