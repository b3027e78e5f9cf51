"""Article search on Whoosh: stems, phrases, prefixes, filters, excerpts, corrections.

Good for up to about 10,000 articles. Queries are taken apart by our own parser, never by Whoosh's,
so that nothing typed is syntax.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from whoosh import query as q
from whoosh import scoring
from whoosh.searching import Searcher

from search.analysis import analyser, fold
from search.article_search import SearchHit, SearchPage, SearchRequest
from search.corrections import corrected_query
from search.documents import Document
from search.fusion import fuse
from search.highlights import Wanted, best_section, marked
from search.language import LANGUAGES, as_language
from search.query_text import QueryText, parse_query
from search.suggestions import DEFAULT_THRESHOLD, Ranked
from search.whoosh_index import WhooshFolder, stored_article, text_field, title_field

# Hits beyond this are neither fused nor paged through: nobody reads them.
MAX_HITS: Final = 1_000
MAX_PER_PAGE: Final = 100
_TITLE_BOOST: Final = 2.5
_PREFIX_BOOST: Final = 0.6
_MIN_LAST_PREFIX: Final = 3
_PHRASE_SLOP: Final = 1
# What only the ranker found is shown from this confidence on, as suggestions are.
_LIKED_CONFIDENCE: Final = DEFAULT_THRESHOLD


class WhooshArticleSearch:
    """An ArticleSearch in a folder of its own. Each search opens its own searcher."""

    def __init__(self, folder: Path) -> None:
        self._folder = WhooshFolder(folder)

    def rebuild(self, documents: Iterable[Document], version: int) -> None:
        self._folder.replace(documents, version)

    def apply(self, upserts: Iterable[Document], removed_ids: Iterable[str], version: int) -> None:
        self._folder.change(upserts, removed_ids, version)

    def version(self) -> int | None:
        return self._folder.version()

    def search(self, request: SearchRequest, boosts: Sequence[Ranked] | None = None) -> SearchPage:
        parsed = parse_query(request.text)
        if parsed.is_empty or not request.audiences:
            return SearchPage(0, (), None, parsed.was_cut, page=1, pages=0)
        with self._folder.searcher(scoring.BM25F(B=0.75, K1=1.2)) as searcher:
            return _search(searcher, request, parsed, boosts or ())


def _search(
    searcher: Searcher, request: SearchRequest, parsed: QueryText, boosts: Sequence[Ranked]
) -> SearchPage:
    readable = q.Or([q.Term("audience", audience) for audience in sorted(request.audiences)])
    allowed = q.And([readable, *_filters(request)])
    wanted = _query(parsed, _languages(request.locale))
    found = searcher.search(wanted, filter=allowed, limit=MAX_HITS)
    matched = {hit["id"]: float(hit.score) for hit in found}
    # A phrase or a prefix is a demand: the ranker may then only reorder what fulfils it.
    demanded = bool(parsed.phrases or parsed.prefixes)
    liked = {ranked.document_id: ranked.score for ranked in boosts if ranked.document_id in matched}
    if not demanded:
        liked |= _liked_alone(searcher, boosts, matched, allowed)
    order = fuse(matched, liked)
    per_page = min(max(request.per_page, 1), MAX_PER_PAGE)
    pages = -(-len(order) // per_page)
    page = min(max(request.page, 1), max(pages, 1))
    chosen = order[(page - 1) * per_page : page * per_page]
    return SearchPage(
        total=len(order),
        hits=tuple(_hit(searcher, document_id, score, parsed) for document_id, score in chosen),
        did_you_mean=corrected_query(searcher, parsed, readable),
        was_cut=parsed.was_cut,
        page=page,
        pages=pages,
    )


def _liked_alone(
    searcher: Searcher, boosts: Sequence[Ranked], matched: Mapping[str, float], allowed: q.Query
) -> dict[str, float]:
    """What the ranker likes well enough and Whoosh did not find, after the same filters."""
    scores = {
        ranked.document_id: ranked.score
        for ranked in boosts
        if ranked.document_id not in matched and ranked.confidence >= _LIKED_CONFIDENCE
    }
    if not scores:
        return {}
    named = q.Or([q.Term("id", document_id) for document_id in scores])
    ids = (
        searcher.stored_fields(number)["id"] for number in q.And([named, allowed]).docs(searcher)
    )
    return {document_id: scores[document_id] for document_id in ids}


def _languages(locale: str | None) -> tuple[str, ...]:
    language = as_language(locale)
    return LANGUAGES if language is None else (language,)


def _filters(request: SearchRequest) -> Iterator[q.Query]:
    if request.locale is not None:
        yield q.Term("locale", as_language(request.locale) or request.locale)
    if request.category is not None:
        yield q.Term("category", request.category)
    if request.tag is not None:
        yield q.Term("tags", request.tag)


def _query(parsed: QueryText, languages: Sequence[str]) -> q.Query:
    demands: list[q.Query] = [
        q.Or([clause for language in languages for clause in _phrase(phrase, language)])
        for phrase in parsed.phrases
    ]
    demands += [q.Prefix("words", fold(prefix), boost=_PREFIX_BOOST) for prefix in parsed.prefixes]
    wishes = [clause for language in languages for clause in _words(parsed.words, language)]
    if parsed.words:
        # The last word may be half typed.
        last = fold(parsed.words[-1])
        if len(last) >= _MIN_LAST_PREFIX:
            wishes.append(q.Prefix("words", last, boost=_PREFIX_BOOST))
    if not demands:
        return q.Or(wishes)
    if not wishes:
        return q.And(demands)
    return q.AndMaybe(q.And(demands), q.Or(wishes))


def _words(words: Sequence[str], language: str) -> Iterator[q.Query]:
    analysed = [word for text in words for word in analyser(language).words(text)]
    telling = [word for word in analysed if not word.common]
    for word in telling or analysed:
        for form in (word.stem, *word.exact):
            yield q.Term(title_field(language), form, boost=_TITLE_BOOST)
            yield q.Term(text_field(language), form)


def _phrase(phrase: str, language: str) -> Iterator[q.Query]:
    stems = [word.stem for word in analyser(language).words(phrase)]
    for field, boost in ((title_field(language), _TITLE_BOOST), (text_field(language), 1.0)):
        yield (
            q.Phrase(field, stems, slop=_PHRASE_SLOP, boost=boost)
            if len(stems) > 1
            else q.Term(field, "".join(stems), boost=boost)
        )


def _hit(searcher: Searcher, document_id: str, score: float, parsed: QueryText) -> SearchHit:
    fields: dict[str, Any] = searcher.document(id=document_id)
    title, sections = stored_article(fields["article"])
    analysis = analyser(fields["locale"])
    words = analysis.words(parsed.text)
    telling = [word for word in words if not word.common] or words
    prefixes = tuple(fold(prefix) for prefix in parsed.prefixes)
    if parsed.words and len(last := fold(parsed.words[-1])) >= _MIN_LAST_PREFIX:
        prefixes += (last,)
    stems = frozenset(form for word in telling for form in (word.stem, *word.exact))
    wanted = Wanted(stems, prefixes)
    section, excerpt_html = best_section(sections, wanted, analysis)
    return SearchHit(
        document_id=document_id,
        score=score,
        title_html=marked(title, wanted, analysis),
        excerpt_html=excerpt_html,
        section_anchor=section.anchor if section else "",
    )
