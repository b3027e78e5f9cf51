"""The help centre that ships and its labelled queries, as the text engine sees them."""

import json
from dataclasses import dataclass
from pathlib import Path

from articles.front_matter import parse_document
from articles.sections import sections
from search.documents import Document, Section

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = frozenset({"public"})


@dataclass(frozen=True)
class Query:
    text: str
    lang: str
    split: str
    articles: frozenset[str]

    @property
    def locale(self) -> str | None:
        """The page's language, as a visitor would have it; None for a mixed text."""
        return self.lang if self.lang in {"es", "en"} else None


def shipped_documents() -> list[Document]:
    """Every shipped article that everybody may read; ids are <locale>/<slug>."""
    found = []
    for path in sorted((ROOT / "articles" / "content").glob("*/*/*.md")):
        source = parse_document(path.read_text("utf-8"))
        meta = source.front_matter
        if meta.visibility.value != "public":
            continue
        found.append(
            Document(
                f"{meta.locale}/{meta.slug}", meta.locale, meta.slug, meta.title, meta.summary or "",
                tuple(Section(s.anchor, s.title, s.text) for s in sections(source.body)),
                meta.tags, meta.category, "public",
            )
        )  # fmt: skip
    return found


def labelled_queries() -> list[Query]:
    lines = (ROOT / "tests" / "relevance" / "queries.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Query(r["text"], r["lang"], r["split"], frozenset(r["articles"])) for r in rows]
