import json
from pathlib import Path

import numpy as np
import pytest

from bench.corpus import ARTICLE_WORDS, Corpus, plain_text
from bench.engines import Antesala, Engine, HasPostings
from bench.file_peers import Fts5, Tantivy, Whoosh
from bench.floor import term_major
from bench.matrix_peers import Bm25s, CsrProduct
from bench.measure import Measured, percentiles, seconds_of_updates
from bench.report import table
from bench.words import WORD_TYPES, ranked_words, real_words
from search.documents import Document
from search.stop_words import STOP_WORDS

PEERS: list[type[Engine]] = [CsrProduct, Fts5, Whoosh, Bm25s, Tantivy]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


@pytest.fixture(scope="module")
def documents(corpus: Corpus) -> list[Document]:
    return corpus.documents(200)


def test_the_same_help_centre_is_invented_again(corpus: Corpus, documents: list[Document]) -> None:
    again = Corpus()
    assert again.documents(200) == documents
    assert again.questions(20, 10, 5) == corpus.questions(20, 10, 5)
    assert again.additional(2) == corpus.additional(2)


def test_the_first_articles_do_not_depend_on_how_many_there_are(corpus: Corpus) -> None:
    more = corpus.documents(1_200)
    assert len(more) == 1_200
    assert more[:1_000] == corpus.documents(1_000)


def test_another_seed_invents_other_articles(documents: list[Document]) -> None:
    assert Corpus(seed=1).documents(200) != documents


def test_articles_have_the_promised_shape(documents: list[Document]) -> None:
    assert sum(document.locale == "es" for document in documents) == 60
    assert len({document.id for document in documents}) == 200
    for document in documents:
        assert 4 <= len(document.title.split()) <= 9
        assert len(document.sections) == 3
        assert sum(len(s.text.split()) for s in document.sections) == ARTICLE_WORDS


def test_questions_have_the_promised_lengths(corpus: Corpus) -> None:
    questions = corpus.questions(50, 20, 5)
    assert {len(text.split()) for text in questions.short} <= set(range(3, 9))
    assert {len(text.split()) for text in questions.drafts} == {60}
    assert (len(questions.short), len(questions.drafts), len(questions.warm_up)) == (50, 20, 10)


def test_the_most_frequent_word_is_a_twentieth_of_a_language(documents: list[Document]) -> None:
    words = [w for d in documents if d.locale == "en" for w in plain_text(d).lower().split()]
    assert 0.03 < words.count("the") / len(words) < 0.07
    function = sum(word in STOP_WORDS["en"] for word in words) / len(words)
    assert 0.35 < function < 0.6


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_are_all_different_and_function_words_lead(language: str) -> None:
    words = ranked_words(language)
    assert len(words) == len(set(words)) == WORD_TYPES
    assert set(words) > STOP_WORDS[language] > set(words[:30])


def test_real_words_take_the_frequent_places(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    rows = [{"title": "Zuzu zuzu", "body": "bobo", "lang": "es"}, {"text": "kiki", "lang": "en"}]
    (tmp_path / "set" / "corpus.jsonl").write_text(
        "\n".join(json.dumps(row) for row in rows), "utf-8"
    )
    found = real_words(tmp_path)
    assert found == {"en": ["kiki"], "es": ["zuzu", "bobo"]}
    content = [word for word in ranked_words("es", found["es"]) if word not in STOP_WORDS["es"]]
    assert content[:2] == ["zuzu", "bobo"]


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no folder with a corpus"):
        real_words(tmp_path)


@pytest.mark.parametrize("kind", PEERS)
def test_a_peer_finds_what_it_holds_what_is_added_and_what_it_opens(
    kind: type[Engine], corpus: Corpus, documents: list[Document], tmp_path: Path
) -> None:
    engine = kind(tmp_path)
    engine.build(documents)
    wanted = documents[7]
    text = f"{wanted.title} {wanted.sections[1].text[:200]}"
    assert engine.query(text)[0] == wanted.id
    opened = kind(tmp_path)
    opened.open()
    assert opened.query(text)[0] == wanted.id
    assert opened.query("the of and") == []
    assert seconds_of_updates(engine, corpus.additional(1)) > 0


def test_the_product_is_measured_like_its_peers(
    corpus: Corpus, documents: list[Document], tmp_path: Path
) -> None:
    engine = Antesala(tmp_path)
    engine.build(documents[:50])
    assert (
        engine.query(f"{documents[7].title} {documents[7].sections[1].text}")[0]
        == "article-0000007"
    )
    assert seconds_of_updates(engine, corpus.additional(1)) > 0


def test_the_postings_of_the_matrix_give_its_scores(
    documents: list[Document], tmp_path: Path
) -> None:
    engine = CsrProduct(tmp_path)
    assert isinstance(engine, HasPostings)
    engine.build(documents)
    postings, text = engine.text_postings(), documents[3].title
    scores = np.zeros(postings.row_count)
    query = engine.text_query(text)
    for feature, weight in zip(query.features, query.weights, strict=True):
        held = slice(postings.starts[feature], postings.starts[feature + 1])
        scores[postings.rows[held]] += weight * postings.weights[held]
    assert documents[int(scores.argmax())].id == engine.query(text)[0]


def test_small_postings_hold_the_matrix() -> None:
    matrix = np.array([[0, 2, 0], [1, 0, 3]], np.float32)
    postings = term_major(matrix, dense_count=1)
    assert postings.starts.tolist() == [0, 0, 1, 2]
    assert postings.rows.tolist() == [0, 1]
    assert postings.weights.tolist() == [2, 3]
    assert postings.dense is not None
    assert postings.dense.tolist() == [[0, 1]]
    assert postings.dense_number is not None
    assert postings.dense_number.tolist() == [0, -1, -1]


def test_percentiles_are_measured_values() -> None:
    assert percentiles(range(1, 101)) == {50: 50, 95: 95, 99: 99}
    assert percentiles([3.0]) == {50: 3.0, 95: 3.0, 99: 3.0}
    assert percentiles([]) == {}


def test_ratios_compare_only_indexes_of_the_same_size() -> None:
    times = {50: 0.5, 95: 1.0, 99: 2.0}
    rows = [
        Measured("floor (ours)", 100, short={50: 0.25, 95: 1, 99: 1}, drafts=times),
        Measured("ours", 100, short=times, drafts=times, disk_bytes=3_000_000),
        Measured("small", 10, short=times, drafts=times),
    ]
    _, _, _, ours, small = table(rows).splitlines()
    assert "| 3 |" in ours
    assert "| 2.00 · 1.00 |" in ours
    assert small.endswith("| – | – |")
