"""Two rankings made one."""

from collections.abc import Mapping
from typing import Final

# Chosen on training tickets' subjects: the ranker knows customers' words, Whoosh the exact ones.
RANKER_SHARE: Final = 0.95


def fuse(
    matched: Mapping[str, float], liked: Mapping[str, float], share: float = RANKER_SHARE
) -> list[tuple[str, float]]:
    """Document ids with a score in [0, 1], best first, ties by id.

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
        document_id: share * liked.get(document_id, 0.0) / most_liked
        + (1.0 - share) * matched.get(document_id, 0.0) / most_matched
        for document_id in matched.keys() | liked.keys()
    }
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
