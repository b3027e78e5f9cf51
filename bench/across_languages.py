"""How often a draft in one language finds the article that exists in the other one alone.

script/bench across_languages [--split dev|test]: the help centre that ships, without its articles
in the language of the draft; an answer is the other version of a labelled one. With the semantic
ear (search/ear.py) where it is installed, and without.
"""

import argparse

from articles.front_matter import parse_document
from search.documents import Document
from search.ear import Ear, installed_ear
from search.suggestions import Draft, SuggestionIndex
from tests.relevance.shipped import PUBLIC, ROOT, Query, labelled_queries, shipped_documents

LANGUAGES = {"es": "en", "en": "es"}


def main() -> None:
    """Ask in each language, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    split = parser.parse_args().split
    documents, others = shipped_documents(), versions()
    asked = [each for each in labelled_queries() if each.split == split]
    ear = installed_ear()
    for heard in (None, ear) if ear else (None,):
        for language, other in LANGUAGES.items():
            kept = [each for each in documents if each.locale == other]
            own = [each for each in asked if each.lang == language]
            figures = shares(kept, own, others, heard)
            print(f"{language} → {other}, {'with' if heard else 'without'} the ear: {figures}")


def versions() -> dict[str, str]:
    """The same article in the other language, by <locale>/<slug>."""
    found = {}
    for path in sorted((ROOT / "articles" / "content").glob("*/*/*.md")):
        meta = parse_document(path.read_text("utf-8")).front_matter
        if meta.translation_of:
            one = f"{meta.locale}/{meta.slug}"
            two = f"{LANGUAGES[meta.locale]}/{meta.translation_of}"
            found |= {one: two, two: one}
    return found


def shares(
    documents: list[Document], asked: list[Query], others: dict[str, str], ear: Ear | None
) -> str:
    """Shares of drafts, in per cent."""
    index = SuggestionIndex.build(documents, (), version=1, ear=ear)
    first = three = shown = outside = spoken = answerable = 0
    for query in asked:
        draft = Draft(query.text, "", query.locale)
        suggested = [each.document_id for each in index.suggest(draft, audiences=PUBLIC)]
        if not query.articles:
            outside += 1
            spoken += bool(suggested)
            continue
        wanted = {others[each] for each in query.articles if each in others}
        if not wanted:
            continue
        answerable += 1
        ranked = [each.document_id for each in index.rank(draft, audiences=PUBLIC, limit=3)]
        first += ranked[0] in wanted
        three += bool(wanted & set(ranked))
        shown += bool(wanted & set(suggested[:3]))
    return (
        f"R@1 {100 * first / answerable:.0f}, R@3 {100 * three / answerable:.0f}, "
        f"an answer among the first 3 shown {100 * shown / answerable:.0f} (of {answerable}); "
        f"out of scope answered {spoken} of {outside}"
    )


if __name__ == "__main__":
    main()
