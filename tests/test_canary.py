"""A word that stands only where somebody may not read shows up nowhere for them.

Each canary is a word that stands in one article, or ticket, alone: in its title, summary, text, tag
and address. Readers go through everything that shows articles; the words that they type are never
the canary itself, which pages would repeat, but others of the same text, its beginning, or the
canary with a letter missing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.db.outbox import enqueue
from app.knowledge import service as knowledge
from app.knowledge.models import Article
from app.knowledge.rendering import ArticleText
from app.knowledge.service import Placement
from app.mail.delivery import deliver_due
from app.settings import Settings
from app.tickets import resolving
from app.tickets.models import LinkKind, Ticket, TicketArticle
from app.web.request_context import Product
from app.worker import handlers
from articles.lifecycle import Visibility
from tests.factories import csrf_token, make_organisation, make_user, sign_in
from tests.factories_deflection import AskBrowser
from tests.factories_knowledge import make_article
from tests.factories_tickets import actor_of, make_queue, make_ticket

DRAFT, REVISED, TRANSLATED, WITHDRAWN = "quibblefin", "dromedex", "plantanova", "hexabrook"
AGENTS, ORGANISATION, CUSTOMERS, TICKET = "marzipole", "vintergast", "olivander", "zumbarque"
CANARIES = {DRAFT, REVISED, TRANSLATED, WITHDRAWN, AGENTS, ORGANISATION, CUSTOMERS, TICKET}
VISIBLE = {
    "anonymous": set(),
    "member of the organisation": {ORGANISATION, CUSTOMERS},
    "customer of another organisation": {CUSTOMERS, TICKET},
}
MEMBER, OTHER = "member of the organisation", "customer of another organisation"
WORDS = "printing receipts on a paper roll"
TAG = "receipts"


@dataclass
class House:
    """Who reads, and what there is to read."""

    app: Flask
    people: dict[str, User]
    public: Article
    hidden: dict[str, Article]
    tickets: dict[str, Ticket]

    def browser_of(self, reader: str) -> FlaskClient:
        client = self.app.test_client()
        return sign_in(client, self.people[reader]) if reader in self.people else client

    @property
    def product(self) -> Product:
        found: Product = self.app.extensions["antesala"]
        return found


def text_with(word: str) -> ArticleText:
    return ArticleText(
        title=f"{word.title()} and printing receipts",
        summary=f"How {word} goes with receipts on a paper roll.",
        body=f"## {word.title()} and paper\n\nPrinting receipts on a paper roll with {word}.\n",
        tags=(TAG, word),
    )


@pytest.fixture
def house(app: Flask, session: Session, settings: Settings) -> House:
    ours, theirs = make_organisation(session, "Ours"), make_organisation(session, "Theirs")
    people = {
        MEMBER: make_user(session, organisation_id=ours.id),
        OTHER: make_user(session, organisation_id=theirs.id),
        "agent": make_user(session, role=Role.AGENT),
        "editor": make_user(session, role=Role.EDITOR),
    }
    queue = make_queue(session, None, people["agent"])
    editor = actor_of(people["editor"])
    now = datetime.now(UTC)

    def article(word: str, visibility: Visibility = Visibility.PUBLIC, **fields) -> Article:
        text = text_with(word)
        made = make_article(
            session,
            title=text.title,
            summary=text.summary,
            body=text.body,
            tags=text.tags,
            slug=f"once-{len(word)}-{word[0]}",
            category="printers",
            visibility=visibility,
            actor=editor,
            now=now,
            **fields,
        )
        knowledge.save_revision(
            session,
            actor=editor,
            article_id=made.id,
            text=text,
            expected=1,
            placement=Placement(
                slug=f"{word}-printing",
                category_id=made.category_id,
                visibility=visibility,
                organisation_id=made.organisation_id,
                translation_of_id=made.translation_of_id,
            ),
            now=now,
        )
        return made

    public = make_article(
        session,
        title="Printing receipts",
        body="## Paper\n\nPrinting receipts on a paper roll.\n\n## Ink\n\nNone is needed.\n",
        tags=(TAG,),
        slug="printing-receipts",
        category="printers",
    )
    make_article(session, title="Printing labels", category="printers", tags=(TAG,))
    knowledge.save_revision(
        session, actor=editor, article_id=public.id, text=text_with(REVISED), expected=1, now=now
    )
    hidden = {
        DRAFT: article(DRAFT, published=False),
        AGENTS: article(AGENTS, Visibility.AGENTS),
        ORGANISATION: article(ORGANISATION, Visibility.ORGANISATION, organisation=ours),
        CUSTOMERS: article(CUSTOMERS, Visibility.CUSTOMERS),
        TRANSLATED: article(TRANSLATED, locale="es", translation_of=public, published=False),
        WITHDRAWN: article(WITHDRAWN),
    }
    knowledge.withdraw(session, actor=editor, article_id=hidden[WITHDRAWN].id, now=now)
    tickets = {
        name: make_ticket(
            session,
            settings,
            requester=people[name],
            queue=queue,
            subject=f"Printing receipts {word}".strip(),
            body=f"Printing receipts on a paper roll {word}".strip(),
        ).ticket
        for name, word in ((MEMBER, ""), (OTHER, TICKET))
    }
    agent = actor_of(people["agent"], queue)
    # An agent names an article that the customer may not read, and writes another one.
    resolving.resolve_by_article(
        session,
        actor=agent,
        ticket_id=tickets[MEMBER].id,
        article_id=hidden[AGENTS].id,
        settings=settings,
        now=now,
    )
    resolving.resolve_by_article(
        session,
        actor=agent,
        ticket_id=tickets[OTHER].id,
        article_id=hidden[ORGANISATION].id,
        settings=settings,
        now=now,
    )
    for word, made in hidden.items():
        for ticket in tickets.values():
            session.add(
                TicketArticle(
                    ticket_id=ticket.id, article_id=made.id, kind=LinkKind.DRAFTED, created_at=now
                )
            )
        enqueue(
            session,
            key=f"published {word}",
            kind="article_published",
            payload={"article_id": made.id},
            now=now,
        )
    session.commit()
    house = House(app, people, public, hidden, tickets)
    deliver_due(
        house.product.database,
        handlers(app),
        clock=lambda: datetime.now(UTC) + timedelta(minutes=1),
    )
    house.product.indexes.refresh()
    return house


def typed_words(canary: str) -> tuple[str, ...]:
    """What leads to a canary without being it: a slip, its beginning, the words around it."""
    return (canary[:-1], f"{canary[:5]}*", f"{canary[:-1]} {WORDS}")


def searches() -> Iterator[str]:
    yield from (WORDS, TAG, f'"{WORDS}"', "receits")
    for canary in sorted(CANARIES):
        yield from typed_words(canary)


def pages(house: House) -> Iterator[str]:
    """Every address that may show an article."""
    for locale in ("en", "es"):
        yield from (f"/{locale}/", f"/{locale}/categories/printers", f"/{locale}/feed.atom")
        yield from (f"/{locale}/tickets", f"/{locale}/ask", f"/{locale}/nowhere")
        yield f"/{locale}/articles/{house.public.slug}"
        yield f"/{locale}/ask?from={house.public.id}"
        for article in house.hidden.values():
            yield f"/{locale}/ask?from={article.id}"
        for ticket in house.tickets.values():
            yield f"/{locale}/tickets/{ticket.reference}"
    yield from ("/sitemap.xml", "/robots.txt", "/api/v1/openapi.json", "/desk/", "/studio/")
    for words in searches():
        yield f"/en/search?q={words}"
        yield f"/en/search/live?q={words}"
        yield f"/es/search?q={words}&language=all&category=printers&tag={TAG}"


def old_addresses() -> Iterator[str]:
    for canary in sorted(CANARIES):
        for locale in ("en", "es"):
            yield f"/{locale}/articles/once-{len(canary)}-{canary[0]}"


def found_in(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text.lower()}


def spoken(house: House, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """(where, what) of everything that this browser is told, redirects and all."""
    for address in (*pages(house), *old_addresses()):
        response = client.get(address)
        assert response.status_code < 500, address
        yield address, f"{response.headers}\n{response.text}"
    token = csrf_token(client)
    for canary in sorted(CANARIES):
        old = f"/en/articles/once-{len(canary)}-{canary[0]}/vote"
        response = client.post(old, data={"csrf_token": token, "helpful": "yes"})
        yield old, f"{response.headers}\n{response.text}"
    for locale, words in zip(cycle(("en", "es")), searches(), strict=False):
        browser = AskBrowser(client, locale)
        browser.open()
        typed = {"subject": words, "body": WORDS}
        yield f"suggestions for {words}", browser.type(**typed).text
        yield f"what Send shows for {words}", browser.send(email="x@example.org", **typed).text


def programs_hear(house: House) -> Iterator[tuple[str, str]]:
    client = house.app.test_client()
    for locale, words in zip(cycle(("en", "es")), searches(), strict=False):
        draft = {"subject": words, "body": WORDS, "locale": locale}
        response = client.post("/api/v1/suggestions", json=draft)
        assert response.status_code == 200
        yield f"API for {words}", response.text


@pytest.mark.parametrize("reader", VISIBLE)
def test_nobody_meets_a_word_that_is_not_for_them(house: House, reader: str) -> None:
    leaks = {
        (where, word)
        for where, what in spoken(house, house.browser_of(reader))
        for word in found_in(what) - VISIBLE[reader]
    }
    assert leaks == set()


def test_programs_meet_none_of_them(house: House) -> None:
    leaks = {(where, word) for where, what in programs_hear(house) for word in found_in(what)}
    assert leaks == set()


def test_programs_cannot_tell_a_hidden_article_from_none(house: House) -> None:
    client = house.app.test_client()
    draft = {"subject": WORDS, "body": WORDS}
    token = client.post("/api/v1/suggestions", json=draft).get_json()["attempt"]
    address = f"/api/v1/attempts/{token}/verdicts"
    nothing = client.post(address, json={"article": "no-such", "verdict": "solved"})
    assert nothing.status_code == 404
    for article in house.hidden.values():
        said = client.post(address, json={"article": article.slug, "verdict": "solved"})
        assert (said.status_code, said.text) == (nothing.status_code, nothing.text)


def test_mail_holds_only_what_its_reader_may_read(house: House, settings: Settings) -> None:
    mails = [path.read_text(encoding="utf-8") for path in settings.data.glob("mail/**/*.eml")]
    for name in (MEMBER, OTHER):
        own = [mail for mail in mails if f"To: {house.people[name].email}" in mail]
        assert own
        assert found_in("".join(own)) <= VISIBLE[name]
    # …and the member is told of the article that was written from the ticket and is theirs.
    told = [mail for mail in mails if f"To: {house.people[MEMBER].email}" in mail]
    assert {ORGANISATION, CUSTOMERS} <= found_in("".join(told))


WAYS_TO_FIND: dict[str, Callable[[FlaskClient], str]] = {
    "category": lambda client: client.get("/en/categories/printers").text,
    "related": lambda client: client.get("/en/articles/printing-receipts").text,
    "search": lambda client: client.get(f"/en/search?q={ORGANISATION[:5]}*").text,
    "did you mean": lambda client: client.get(f"/en/search?q={ORGANISATION[:-1]}").text,
    "live search": lambda client: client.get(f"/en/search/live?q={ORGANISATION[:5]}*").text,
    "suggestions": lambda client: _typed(client, f"{ORGANISATION} {WORDS}"),
    "old address": lambda client: (
        client.get(f"/en/articles/once-{len(ORGANISATION)}-{ORGANISATION[0]}").text
    ),
}


def _typed(client: FlaskClient, words: str) -> str:
    browser = AskBrowser(client)
    browser.open()
    return browser.type(subject=words, body=WORDS).text


@pytest.mark.parametrize("way", WAYS_TO_FIND)
def test_the_same_ways_lead_members_to_it(house: House, way: str) -> None:
    assert ORGANISATION in WAYS_TO_FIND[way](house.browser_of(MEMBER)).lower()


def test_counts_say_nothing_of_what_is_hidden(house: House, session: Session) -> None:
    """Every number of the help centre stays as it is when what is hidden goes away."""
    client = house.app.test_client()
    before = numbers(house, client)
    editor = actor_of(house.people["editor"])
    for word in (AGENTS, ORGANISATION, CUSTOMERS):
        knowledge.withdraw(
            session, actor=editor, article_id=house.hidden[word].id, now=datetime.now(UTC)
        )
    session.rollback()
    house.product.indexes.refresh()
    assert numbers(house, client) == before


def numbers(house: House, client: FlaskClient) -> dict[str, list[str]]:
    """The numbers that stand on each page, and how many entries it lists."""
    counted = {}
    for address in pages(house):
        text = client.get(address).text
        main = text.partition("<main")[2] or text
        main = re.sub(r'name="(csrf_token|form_id|attempt)"[^>]*', "", main)
        counted[address] = [
            *re.findall(r">[^<>]*?(\d+) (?:articles?|artículos?)", main),
            f"{main.count('<li')} entries",
        ]
    return counted
