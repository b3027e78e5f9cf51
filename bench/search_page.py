"""Does the search page order articles as well as the suggestions do?

script/bench search_page DIR [--warm none|all]: asks the search page and the ranker for the subject
line alone of every draft in scope of a labelled set, with each engine, and prints the nDCG@10 of
both, and the share of questions for which the page lists a right article among the first three.
*Ranker* is the order of all articles, *suggestions* those that would be shown of the first ten.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app.commands.search import sections_of_markdown
from app.knowledge.searching import ranked
from search.article_engines import article_search
from search.article_search import ArticleSearch, SearchRequest
from search.labelled_set import AUDIENCE, LabelledQuery, read_labelled_set
from search.metrics import mean, ndcg_at, recall_at
from search.suggestions import Draft, SuggestionIndex
from search.training import train

AUDIENCES = frozenset({AUDIENCE})


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(prog="script/bench search_page", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--warm", choices=["none", "all"], default="all")
    arguments = parser.parse_args()
    labelled = read_labelled_set(arguments.directory, sections_of=sections_of_markdown)
    tickets = labelled.tickets if arguments.warm == "all" else ()
    index = SuggestionIndex.build(labelled.documents, tickets, version=1)
    model = train(labelled.documents, tickets)
    index = index.with_model(model) if model else index
    queries = [query for query in labelled.queries if query.relevance]

    def suggested(query: LabelledQuery) -> list[str]:
        draft = Draft(query.title, "", query.locale)
        return [each.document_id for each in index.rank(draft, audiences=AUDIENCES, limit=10)]

    def shown(query: LabelledQuery) -> list[str]:
        draft = Draft(query.title, "", query.locale)
        return [each.document_id for each in index.suggest(draft, audiences=AUDIENCES, limit=10)]

    show("ranker", queries, suggested)
    show("suggestions", queries, shown)
    for name in ("whoosh", "tantivy"):
        with tempfile.TemporaryDirectory() as folder:
            engine = article_search(name, Path(folder))
            engine.rebuild(labelled.documents, version=1)
            show(f"page, {name}", queries, partial(listed, engine, index))


def listed(engine: ArticleSearch, index: SuggestionIndex, query: LabelledQuery) -> list[str]:
    """The ids of the page's first ten hits, as the product asks for them."""
    liked, gate = ranked(index, query.title, AUDIENCES, query.locale)
    request = SearchRequest(query.title, AUDIENCES)
    found = engine.search(request, liked, is_about_something=gate >= 0)
    return [hit.document_id for hit in found.hits]


def show(
    name: str, queries: Sequence[LabelledQuery], ask: Callable[[LabelledQuery], list[str]]
) -> None:
    """Print the figures of one way of asking."""
    found = [(ask(query), query.relevance) for query in queries]
    ndcg = mean([ndcg_at(ids, gold) for ids, gold in found])
    recall = mean([recall_at(ids, gold, 3) for ids, gold in found])
    print(f"{name:<16} nDCG@10 {ndcg:6.1%}   R@3 {recall:6.1%}   ({len(found)} questions)")


if __name__ == "__main__":
    main()
