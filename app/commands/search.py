"""`flask search`: the indexes, and how good the suggestions are."""

import json
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.actor import ANYBODY
from app.knowledge import queries
from app.knowledge.rendering import ArticleText, prepare
from app.web.request_context import Product
from search.documents import Section
from search.ear import installed_ear
from search.errors import EvaluationError
from search.evaluation import EvaluationReport, Field, Warm, evaluate
from search.explaining import Part, explain
from search.suggestions import Draft

group = AppGroup("search", help="The indexes, and how good the suggestions are.")

_SHARES = frozenset(
    {
        "recall_at_1",
        "recall_at_3",
        "recall_at_5",
        "false_suggestion_rate_at_95",
        "popularity_recall_at_1",
    }
)


def _product() -> Product:
    product: Product = current_app.extensions["antesala"]
    return product


@group.command("rebuild")
def rebuild() -> None:
    """Build every index afresh from the database. The product goes on running meanwhile."""
    started = time.monotonic()
    click.echo("Building the indexes …")
    version = _product().indexes.refresh(afresh=True)
    index = _product().indexes.suggestions()
    count = index.document_count if index else 0
    seconds = time.monotonic() - started
    click.echo(f"Version {version}: {count} articles in {seconds:.1f} s.")


def _warm(_context: click.Context, _parameter: click.Parameter, value: str) -> Warm:
    if value == "none":
        return "none"
    if value == "all":
        return "all"
    if value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    raise click.BadParameter(f"{value!r} is not none, all, or a number of tickets an article")


@group.command("evaluate")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--warm",
    callback=_warm,
    metavar="none|K|all",
    default="none",
    show_default=True,
    help="Resolved tickets to learn from: none, so many an article, or all.",
)
@click.option(
    "--field",
    type=click.Choice(["text", "title"]),
    default="text",
    show_default=True,
    help="Ask with the whole draft, or with its subject line alone.",
)
@click.option(
    "--folds",
    type=click.IntRange(0, 100),
    default=0,
    help="Learn from the queries themselves, in so many folds.",
)
@click.option(
    "--held-out",
    type=click.IntRange(0, 100),
    default=0,
    help="Ask the resolved tickets instead, in so many folds: what calibration is judged on.",
)
@click.option(
    "--similar",
    is_flag=True,
    help="The corpus are earlier tickets: find those like the query, as agents are shown.",
)
@click.option(
    "--outside",
    metavar="KIND",
    default="",
    help="Of the drafts out of scope ask only those that the set calls so.",
)
@click.option(
    "--ear/--no-ear",
    "hears",
    default=True,
    help="With the semantic ear, where it is installed, or without.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate_command(
    directory: Path,
    warm: Warm,
    field: Field,
    folds: int,
    held_out: int,
    *,
    similar: bool,
    outside: str,
    hears: bool,
    as_json: bool,
) -> None:
    """Measure the suggestions on the labelled set in DIRECTORY.

    The set: corpus.jsonl, queries.jsonl, qrels.tsv and, to learn from, tickets_train.jsonl.
    """
    try:
        report = evaluate(
            directory,
            warm=warm,
            field=field,
            folds=folds,
            held_out=held_out,
            similar=similar,
            outside=outside,
            sections_of=sections_of_markdown,
            ear=installed_ear() if hears else None,
        )
    except EvaluationError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        _print_table(report)


def _print_table(report: EvaluationReport) -> None:
    for name, value in report.as_dict().items():
        click.echo(f"{name:<28} {_figure(name, value):>10}")


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name == "queries":
        return str(value)
    if name.endswith("_ms"):
        return f"{value:.2f} ms"
    return f"{value * 100:.1f} %" if name in _SHARES else f"{value:.3f}"


def sections_of_markdown(body: str) -> tuple[Section, ...]:
    """A body's sections as they are indexed once it is an article."""
    parts = prepare(ArticleText("An article", "", body), locale="en").sections
    return tuple(Section(part.anchor, part.title, part.text) for part in parts)


@group.command("query")
@click.argument("text")
@click.option("--all", "everything", is_flag=True, help="Also what is below the threshold.")
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True)
def query(text: str, *, everything: bool, limit: int) -> None:
    """Show what a draft ticket with this TEXT would be suggested, and why."""
    product = _product()
    product.indexes.refresh()
    index = product.indexes.suggestions()
    if index is None:
        raise click.ClickException("There is no index; see the log above.")
    threshold = product.threshold.current()
    with product.database.reading() as session:
        found = index.suggest(
            Draft(text, "", None),
            audiences=queries.audiences(session, ANYBODY),
            limit=limit,
            threshold=0.0 if everything else threshold,
        )
        cards = queries.published_by_ids(
            session, ANYBODY, [suggestion.document_id for suggestion in found]
        )
    if not found:
        click.echo(f"Nothing to suggest (threshold {threshold:.2f}).")
    for place, suggestion in enumerate(found, start=1):
        card = cards.get(int(suggestion.document_id))
        if card is None:
            continue
        anchor = f"#{suggestion.section_anchor}" if suggestion.section_anchor else ""
        click.echo(
            f"{place}. {card.title}  [{suggestion.confidence:.2f}, score {suggestion.score:.3f}]"
        )
        click.echo(f"   {card.path}{anchor}")
        click.echo(f"   because: {' · '.join(suggestion.terms)}")
        click.echo(f"   from: {', '.join([*suggestion.sources, *suggestion.tickets])}")
        click.echo(f"   {suggestion.excerpt}")


@group.command("explain")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 50), default=3, show_default=True)
def explain_command(text: str, *, limit: int) -> None:
    """Show the sum by which a draft with this TEXT finds its articles, or is met with silence."""
    product = _product()
    product.indexes.refresh()
    index = product.indexes.suggestions()
    if index is None:
        raise click.ClickException("There is no index; see the log above.")
    with product.database.reading() as session:
        audiences = queries.audiences(session, ANYBODY)
        told = explain(index, Draft(text, "", None), audiences=audiences, limit=limit)
        cards = queries.published_by_ids(
            session, ANYBODY, [each.document_id for each in told.articles]
        )
    verdict = "speaks" if told.gate >= 0 else "is silent"
    click.echo(f"The gate {verdict}: {told.gate:.2f}; {told.known:.0%} of the draft is known here.")
    for part in told.gate_parts:
        click.echo(_sum_line(part))
    click.echo(f"   {'bias':<20} {told.gate_bias:>28.2f}")
    for place, article in enumerate(told.articles, start=1):
        card = cards.get(int(article.document_id))
        title = card.title if card else f"article {article.document_id}"
        click.echo(f"{place}. {title}  score {article.score:.2f}, {article.share:.0%} of the odds,")
        click.echo(f"   right with a chance of {article.confidence:.0%}")
        for part in article.parts:
            click.echo(_sum_line(part))
        if article.standing:
            click.echo(f"   {'standing':<20} {article.standing:>28.2f}")
        for ticket, nearness in article.tickets:
            click.echo(f"   like {ticket} ({nearness:.2f})")


def _sum_line(part: Part) -> str:
    return f"   {part.name:<20} {part.value:>8.3f} × {part.weight:>7.2f} = {part.points:>8.2f}"
