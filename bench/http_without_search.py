"""The product with a ranker that answers at once: what is left is all but the search."""

import zlib

from app.factory import create_app
from app.web.request_context import Product
from search.suggestions import Draft, Suggestion

ARTICLES = 1_000


class Ready:
    """Five suggestions for any draft, always the same for the same one."""

    version = 1

    def suggest(
        self,
        draft: Draft,
        *,
        audiences: frozenset[str],  # noqa: ARG002 - as a ranker is called
        limit: int = 5,  # noqa: ARG002
        threshold: float | None = None,  # noqa: ARG002
        prefer_locale: str | None = None,  # noqa: ARG002
    ) -> tuple[Suggestion, ...]:
        first = zlib.crc32(draft.subject.encode())
        return tuple(
            Suggestion(
                document_id=str((first + 101 * number) % ARTICLES + 1),
                section_anchor="part-1",
                section_title="Sed do eiusmod tempor",
                excerpt="lorem ipsum dolor sit amet consectetur adipiscing elit " * 4,
                score=1.0 / (number + 1),
                confidence=0.654321,
                terms=("lorem", "ipsum", "dolor"),
            )
            for number in range(5)
        )


app = create_app()
_product: Product = app.extensions["antesala"]
_product.indexes.suggestions = Ready  # type: ignore[assignment, method-assign]
