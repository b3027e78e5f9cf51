"""The search page over any engine: matches and the ranker's order as one list of marked hits."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from search.analysis import analyser
from search.article_search import SearchHit, SearchPage, SearchRequest
from search.asked import asked, wanted
from search.corrections import corrected_query
from search.documents import Document
from search.fusion import fuse, worth_showing
from search.highlights import Marker
from search.index_folder import IndexFolder, OpenReadings
from search.indexed_article import indexed
from search.language import as_language
from search.query_text import QueryText, parse_query
from search.reading import Engine, Reading, Scope
from search.suggestions import Ranked

# Hits beyond this are neither fused nor paged through: nobody reads them.
MAX_HITS: Final = 1_000
MAX_PER_PAGE: Final = 100


class StoredArticleSearch:
    """An ArticleSearch whose index is a folder that an engine writes and reads."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._engine = engine
        self._folder = IndexFolder(folder, engine.name)
        self._readings = OpenReadings(self._folder, engine.open)

    def rebuild(self, documents: Iterable[Document], version: int) -> None:
        unique = {document.id: document for document in documents}
        with self._folder.replacing(version) as place:
            self._engine.create(place, map(indexed, unique.values()))

    def apply(self, upserts: Iterable[Document], removed_ids: Iterable[str], version: int) -> None:
        place = self._folder.current().place
        unique = {document.id: document for document in upserts}
        self._engine.change(place, [indexed(each) for each in unique.values()], list(removed_ids))
        self._folder.point_to(place, version)

    def version(self) -> int | None:
        return self._folder.version()

    def search(
        self,
        request: SearchRequest,
        boosts: Sequence[Ranked] | None = None,
        *,
        is_about_something: bool = True,
    ) -> SearchPage:
        parsed = parse_query(request.text)
        if parsed.is_empty or not request.audiences:
            return SearchPage(0, (), None, parsed.was_cut, page=1, pages=0)
        with self._readings.lent() as reading:
            return _page(reading, request, parsed, boosts or (), is_about_something)


def _page(
    reading: Reading,
    request: SearchRequest,
    parsed: QueryText,
    boosts: Sequence[Ranked],
    is_about_something: bool,  # noqa: FBT001 - as it was given
) -> SearchPage:
    order = _fused(reading, request, parsed, boosts, is_about_something)
    was_loosened = not order and bool(parsed.phrases)
    if was_loosened:
        # People quote what they read on a screen: its words are better than nothing.
        parsed = parsed.without_demands()
        order = _fused(reading, request, parsed, boosts, is_about_something)
    per_page = min(max(request.per_page, 1), MAX_PER_PAGE)
    pages = -(-len(order) // per_page)
    page = min(max(request.page, 1), max(pages, 1))
    chosen = order[(page - 1) * per_page : page * per_page]
    return SearchPage(
        total=len(order),
        hits=_hits(reading, parsed, chosen),
        did_you_mean=corrected_query(reading, parsed, request.audiences),
        was_cut=parsed.was_cut,
        page=page,
        pages=pages,
        was_loosened=was_loosened and bool(order),
    )


def _fused(
    reading: Reading,
    request: SearchRequest,
    parsed: QueryText,
    boosts: Sequence[Ranked],
    is_about_something: bool,  # noqa: FBT001 - as it was given
) -> list[tuple[int, float]]:
    """Keys of the articles found by either, and their scores, best first."""
    question = asked(parsed, request.locale)
    language = request.locale and (as_language(request.locale) or request.locale)
    scope = Scope(request.audiences, language, request.category, request.tag)
    matched = reading.find(question, scope, MAX_HITS)
    keys = reading.within([ranked.document_id for ranked in boosts], scope) if boosts else {}
    liked = {keys[ranked.document_id]: ranked for ranked in boosts if ranked.document_id in keys}
    # A phrase or a prefix is a demand: the ranker may then only reorder what fulfils it.
    may_add = not question.is_demanding and (is_about_something or bool(matched))
    alone = worth_showing(liked) if may_add else set()
    scores = {key: ranked.score for key, ranked in liked.items() if key in matched or key in alone}
    return fuse(matched, scores)


def _hits(
    reading: Reading, parsed: QueryText, chosen: Sequence[tuple[int, float]]
) -> tuple[SearchHit, ...]:
    markers: dict[str, Marker] = {}
    hits = []
    for key, score in chosen:
        article = reading.article(key)
        language = article.language
        if language not in markers:
            markers[language] = Marker(wanted(parsed, language), analyser(language))
        marker = markers[language]
        section, excerpt_html = marker.best_section(article.sections)
        hits.append(
            SearchHit(
                document_id=article.document_id,
                score=score,
                title_html=marker.marked(article.title),
                excerpt_html=excerpt_html,
                section_anchor=section.anchor if section else "",
            )
        )
    return tuple(hits)
