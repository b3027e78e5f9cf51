"""Two rankings made one."""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

from search.suggestions import Ranked

# Chosen on training tickets' subjects: the ranker knows customers' words, the engine the exact ones.
RANKER_SHARE: Final = 0.95
# What only the ranker found is listed when it is likely enough beside the ranker's best article.
TAIL_SHARE: Final = 0.05

Key = TypeVar("Key", bound=Hashable)


def fuse(
    matched: Mapping[Key, float], liked: Mapping[Key, float], share: float = RANKER_SHARE
) -> list[tuple[Key, float]]:
    """Keys with a score in [0, 1], best first, ties by key.

    Scores of each ranking are divided by its best one, which keeps their distances (reciprocal
    ranks would throw them away), and summed; `share` is the weight of `liked`. Where one ranking
    is empty the other stands alone.
    """
    if not liked:
        share = 0.0
    elif not matched:
        share = 1.0
    most_matched = max(matched.values(), default=0.0) or 1.0
    most_liked = max(liked.values(), default=0.0) or 1.0
    scores = {
        key: share * liked.get(key, 0.0) / most_liked
        + (1.0 - share) * matched.get(key, 0.0) / most_matched
        for key in matched.keys() | liked.keys()
    }
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def worth_showing(liked: Mapping[Key, Ranked], tail_share: float = TAIL_SHARE) -> set[Key]:
    """The articles of the ranker's that are listed whether or not a word of them matches.

    A list is read from its top: what stands far below the best costs the reader nothing, so the
    bar is relative. Whether there is anything to list at all is not this function's question:
    of a query that is about nothing here the ranker is told to have no confidence.
    """
    best = max((ranked.confidence for ranked in liked.values()), default=0.0)
    return {
        key
        for key, ranked in liked.items()
        if ranked.confidence > 0 and ranked.confidence >= tail_share * best
    }
