import json
from dataclasses import asdict
from pathlib import Path

import pytest

from search.errors import EvaluationError
from search.evaluation import evaluate
from search.metrics import mean
from tests.search.samples import HELP_CENTRE, TICKETS

QUERIES = [
    ("q1", "where do I download an invoice", "invoice-en"),
    ("q2", "reserve a bicycle on the weekend", "bike-en"),
    ("q3", "lock with error E-4410", "lock-en"),
    ("q4", "document with VAT for the boss", "invoice-en"),
    ("q5", "hire two wheels", "bike-en"),
    ("q6", "volcano soup recipe with basil", None),
    ("q7", "flight to the moon delayed", None),
]

KINDS = {"q6": "far", "q7": "near"}


def write_set(folder: Path, *, tickets: bool = True) -> Path:
    folder.mkdir(exist_ok=True)

    def lines(name: str, rows: list[dict[str, str]]) -> None:
        (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")

    lines(
        "corpus.jsonl",
        [
            {
                "id": d.id,
                "title": d.title,
                "body": " ".join(s.text for s in d.sections),
                "lang": d.locale,
            }
            for d in HELP_CENTRE
        ],
    )
    lines(
        "queries.jsonl",
        [{"id": q, "text": text, "lang": "en", "kind": KINDS.get(q, "")} for q, text, _ in QUERIES],
    )
    judged = "".join(f"{q}\t{article}\t1\n" for q, _, article in QUERIES if article)
    (folder / "qrels.tsv").write_text("query\tarticle\trelevance\n" + judged, "utf-8")
    lines(
        "tickets_train.jsonl",
        [{"text": t.text, "article_id": t.document_id, "lang": t.locale} for t in TICKETS]
        if tickets
        else [],
    )
    return folder


def test_the_report_holds_every_figure(tmp_path):
    report = evaluate(write_set(tmp_path), warm="none").as_dict()
    assert list(report) == [
        "recall_at_1", "recall_at_3", "recall_at_5", "mrr_at_10", "ndcg_at_10", "auroc",
        "false_suggestion_rate_at_95", "expected_calibration_error", "popularity_recall_at_1",
        "queries", "p50_ms", "p95_ms",
    ]  # fmt: skip
    assert report["queries"] == 7
    assert 0 < report["p50_ms"] <= report["p95_ms"]


def test_resolved_tickets_help(tmp_path):
    folder = write_set(tmp_path)
    cold, warm = evaluate(folder, warm="none"), evaluate(folder, warm="all")
    assert warm.recall_at_1 == 1 > cold.recall_at_1
    assert warm.auroc == 1
    assert warm.false_suggestion_rate_at_95 == 0
    # Two of five tickets are about the invoice, the most linked article.
    assert warm.popularity_recall_at_1 == pytest.approx(0.4)


def test_figures_repeat(tmp_path):
    folder = write_set(tmp_path)

    def figures() -> dict[str, float | int | None]:
        values = asdict(evaluate(folder, warm=1))
        return {name: value for name, value in values.items() if not name.endswith("_ms")}

    assert figures() == figures()


def test_a_subject_alone_can_be_measured(tmp_path):
    assert evaluate(write_set(tmp_path), warm="none", field="title").queries == 7


def test_drafts_out_of_scope_can_be_asked_by_their_kind(tmp_path):
    folder = write_set(tmp_path)
    every = evaluate(folder, warm="none")
    far = evaluate(folder, warm="none", outside="far")
    near = evaluate(folder, warm="none", outside="near")
    assert (every.queries, far.queries, near.queries) == (7, 6, 6)
    assert every.recall_at_1 == far.recall_at_1 == near.recall_at_1
    assert every.auroc == pytest.approx((far.auroc + near.auroc) / 2)


def test_a_kind_that_the_set_does_not_have_is_refused_with_those_it_has(tmp_path):
    with pytest.raises(EvaluationError, match="'other' \\(far, near\\)"):
        evaluate(write_set(tmp_path), warm="none", outside="other")


def test_resolved_tickets_have_no_kind_outside(tmp_path):
    with pytest.raises(EvaluationError, match="in scope"):
        evaluate(write_set(tmp_path), warm="all", held_out=2, outside="far")


def test_folds_learn_from_the_other_queries(tmp_path):
    folder = write_set(tmp_path, tickets=False)
    report = evaluate(folder, warm="all", folds=7)
    assert report.queries == 7
    assert report.recall_at_3 >= evaluate(folder, warm="none").recall_at_3


def test_warm_without_tickets_or_folds_makes_no_sense(tmp_path):
    with pytest.raises(EvaluationError, match="folds"):
        evaluate(write_set(tmp_path, tickets=False), warm="all")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("corpus.jsonl", '{"id": "a"}\n', "title"),
        ("queries.jsonl", '{"id": "q1", "text": "x"}\nnot json\n', "line 2"),
        ("queries.jsonl", '{"id": "q1", "text": "x", "kind": 3}\n', "kind"),
        ("qrels.tsv", "h\nq1\tbike-en\n", "line 2"),
        ("qrels.tsv", "h\nq1\tnowhere\t1\n", "nowhere"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path, name, content, complaint):
    folder = write_set(tmp_path)
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=complaint):
        evaluate(folder, warm="none")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        evaluate(tmp_path / "nowhere", warm="none")


def test_the_mean_of_nothing_is_zero():
    assert mean([]) == 0


def test_tickets_like_the_query_are_looked_for_among_tickets(tmp_path):
    folder = write_set(tmp_path, tickets=False)
    report = evaluate(folder, warm="none", similar=True)
    again = evaluate(folder, warm="none", similar=True)
    assert report.recall_at_1 >= 0.5
    assert report.recall_at_1 <= report.recall_at_3 <= 1
    assert (report.ndcg_at_10, report.auroc) == (again.ndcg_at_10, again.auroc)
