from hypothesis import given
from hypothesis import strategies as st

from search.query_text import MAX_PREFIXES, MAX_QUERY_WORDS, parse_query


def test_phrases_prefixes_and_words_are_told_apart():
    parsed = parse_query('late "flat tyre" cod* bicycle')
    assert parsed.phrases == ("flat tyre",)
    assert parsed.prefixes == ("cod",)
    assert parsed.words == ("late", "bicycle")
    assert not parsed.was_cut


def test_an_unbalanced_quote_is_ignored():
    assert parse_query('"flat tyre').words == ("flat", "tyre")


def test_spanish_quotes_make_phrases():
    assert parse_query("«rueda pinchada»").phrases == ("rueda pinchada",)


def test_words_of_query_languages_are_just_words():
    assert parse_query("lock AND NOT key:value~2^9").words == (
        "lock",
        "AND",
        "NOT",
        "key:value",
        "2",
        "9",
    )


def test_what_is_too_much_is_cut_and_said():
    assert parse_query("a" * 20_000).was_cut
    assert parse_query("ab* " * 2_000).was_cut
    many = parse_query(" ".join(f"w{n}" for n in range(50)))
    assert many.was_cut
    assert len(many.words) == MAX_QUERY_WORDS


@given(st.text(max_size=500) | st.text(alphabet='ab* "“”()[]~^:\\\x00', max_size=500))
def test_anything_is_taken_apart_within_the_caps(typed):
    parsed = parse_query(typed)
    phrase_words = sum(len(phrase.split()) for phrase in parsed.phrases)
    assert len(parsed.words) + len(parsed.prefixes) + phrase_words <= MAX_QUERY_WORDS
    assert len(parsed.prefixes) <= MAX_PREFIXES
    assert parsed.is_empty == (not parsed.text)
