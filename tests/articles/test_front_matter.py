from datetime import date

import pytest
from hypothesis import given

from articles.front_matter import (
    DocumentDefaults,
    FrontMatterError,
    canonical,
    normalise_body,
    parse_document,
    write_document,
)
from articles.lifecycle import ArticleState, Visibility

from .strategies import bodies, front_matters


@given(front_matters(), bodies)
def test_writing_and_reading_gives_the_same_article_and_the_same_bytes(front_matter, body):
    text = write_document(front_matter, body)
    read = parse_document(text)
    assert read.front_matter == canonical(front_matter)
    assert read.body == normalise_body(body)
    assert write_document(read.front_matter, read.body) == text


def test_our_own_form():
    text = """---
title: Reabrir un ticket
summary: Cómo seguir con algo que dabas por cerrado.
locale: es
slug: reabrir-un-ticket
category: tickets
tags:
  - ticket
  - reabrir
visibility: organisation
organisation: Acme
state: review
owner: ana@example.org
verified_on: 2026-01-31
translation_of: reopen-a-ticket
redirects_from:
  - volver-a-abrir
---

Texto.
"""
    source = parse_document(text)
    assert source.own_format
    assert source.front_matter.state is ArticleState.REVIEW
    assert source.front_matter.visibility is Visibility.ORGANISATION
    assert source.front_matter.verified_on == date(2026, 1, 31)
    assert write_document(source.front_matter, source.body) == text


def test_jekyll():
    source = parse_document(
        "---\nlayout: post\ntitle: 'Paying: how'\ncategories: [Billing, Money]\ntags: card bank\n"
        "excerpt: In short\npermalink: /help/paying/\nredirect_from:\n  - /old/pay.html\n"
        "published: false\ndate: 2024-05-01 10:00:00 +0200\nlang: en-GB\n---\nText\n",
        defaults=DocumentDefaults(file_name="_posts/2024-05-01-paying.md"),
    )
    meta = source.front_matter
    assert (meta.title, meta.category, meta.tags) == ("Paying: how", "billing", ("card", "bank"))
    assert (meta.slug, meta.redirects_from, meta.summary) == ("paying", ("pay",), "In short")
    assert (meta.state, meta.verified_on) == (ArticleState.DRAFT, date(2024, 5, 1))


def test_hugo_with_toml():
    source = parse_document(
        '+++\ntitle = "Pagar"\ndraft = true\ndescription = "Breve"\naliases = ["/viejo/"]\n'
        'lastmod = 2024-02-03T04:05:06Z\n[taxonomies]\ntags = ["uno", "dos"]\n+++\nHola\n',
        defaults=DocumentDefaults(locale="es", file_name="pagos/pagar.es.md"),
    )
    meta = source.front_matter
    assert (meta.title, meta.slug, meta.locale) == ("Pagar", "pagar", "es")
    assert (meta.tags, meta.redirects_from) == (("uno", "dos"), ("viejo",))
    assert (meta.state, meta.verified_on) == (ArticleState.DRAFT, date(2024, 2, 3))
    assert source.body == "Hola\n"


def test_docusaurus():
    source = parse_document(
        "---\nid: first-steps\nsidebar_label: Begin\nkeywords:\n  - start\n  - label: go\n"
        "    permalink: /go\n---\n\n# First steps\n\nText\n",
        defaults=DocumentDefaults(file_name="docs/guides/01-first.md"),
    )
    meta = source.front_matter
    assert (meta.title, meta.slug, meta.tags) == ("First steps", "first-steps", ("start", "go"))
    assert source.body == "Text\n"


def test_plain_markdown_takes_its_title_from_the_heading_or_the_name():
    named = DocumentDefaults(file_name="guides/reset_your-password.md")
    assert parse_document("# How to *reset*\n\nText").front_matter.title == "How to reset"
    assert parse_document("Title\n=====\n\nText").body == "Text\n"
    assert parse_document("Text only", defaults=named).front_matter.title == "Reset your password"
    assert parse_document("Text", defaults=named).front_matter.slug == "reset_your-password"


def test_a_body_that_begins_with_a_rule_is_not_front_matter():
    assert parse_document(
        "---\n\nJust text\n\n---\n", defaults=DocumentDefaults(file_name="a.md")
    ).body


def test_words_that_yaml_reads_as_something_else_stay_words():
    source = parse_document("---\ntitle: No\nsummary: 1.10\ntags: [yes, 007]\n---\n")
    assert source.front_matter.title == "No"
    assert source.front_matter.summary == "1.10"
    assert source.front_matter.tags == ("yes", "007")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: a\nstate: open\n---\n", 3, "not known"),
        ("---\ntitle: a\nlocale: fr\n---\n", 3, "language"),
        ("---\ntitle: a: b: c\n---\n", 2, "YAML"),
        ("---\ntitle: a\ndraft: perhaps\n---\n", 3, "neither true nor false"),
        ("---\ntitle: a\nowner: Ana\n---\n", 3, "e-mail"),
        ("---\ntitle: a\nverified_on: soon\n---\n", 3, "not a date"),
        ("---\ntitle: a\nverified_on: 2024-02-31\n---\n", 3, "not a date"),
        ("---\ntitle: a\nvisibility: organisation\n---\n", 3, "no organisation"),
        ("---\ntitle: a\ntitle: b\n---\n", 3, "twice"),
        ("---\ntitle: a\n\nno end\n", 1, "never closed"),
        ("+++\ntitle = \n+++\n", 2, "TOML"),
        ("---\na: &x 1\ntitle: *x\n---\n", 3, "aliases"),
        ("---\ntitle: !!python/object/apply:os.system [ls]\n---\n", 2, "not allowed"),
        ("---\ntitle: a\nx: " + "[" * 500 + "\n---\n", 3, "nested too deeply"),
        ("---\ntitle: a\nx: " + "a" * 20_000 + "\n---\n", 1, "longer than"),
        ("text\x00\n", 1, "NUL"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, line, reason):
    with pytest.raises(FrontMatterError) as caught:
        parse_document(text)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert caught.value.mend


def test_deep_toml_is_refused():
    with pytest.raises(FrontMatterError):
        parse_document("+++\nx = " + "[" * 5_000 + "\n+++\n")
