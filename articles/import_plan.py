"""What an import would bring: articles, images, and what was refused, with reasons."""

from dataclasses import dataclass

from articles.front_matter import FrontMatter
from articles.images import Asset
from articles.lifecycle import ArticleState, Visibility


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What holds for articles that do not say."""

    locale: str = "en"
    category: str = "general"
    state: ArticleState = ArticleState.PUBLISHED
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """An article to be. `assets` names the images of the plan that its body shows."""

    source_path: str
    front_matter: FrontMatter
    body: str
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something left out. `line` counts from 1 in the file; None when it is the whole file."""

    path: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The outcome of reading a source.

    `refused` are files left out; `notes` are links and images in articles that went in but lead
    nowhere or may not be shown.
    """

    articles: tuple[ImportedArticle, ...]
    refused: tuple[Refusal, ...] = ()
    assets: tuple[Asset, ...] = ()
    notes: tuple[Refusal, ...] = ()
