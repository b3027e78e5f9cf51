"""What programs send and get, as JSON: read by the endpoints and told by the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.deflection.rules import MAX_SUBJECT_CHARACTERS
from app.deflection.states import Verdict
from app.tickets.drafts import NAME_MAX
from app.tickets.models import TicketKind
from search.showing import Source

MAX_BODY_CHARACTERS = 64 * 1024
MAX_EMAIL_CHARACTERS = 254
MAX_SLUG_CHARACTERS = 160

Locale = Literal["en", "es"]
Token = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9_-]{43}$",
        description="The attempt that this belongs to, as an earlier answer named it.",
    ),
]
Subject = Annotated[str, Field(max_length=MAX_SUBJECT_CHARACTERS)]
Body = Annotated[str, Field(max_length=MAX_BODY_CHARACTERS, description="Plain text.")]
RequestLocale = Annotated[
    Locale | None,
    Field(description="The customer's language. By default what Accept-Language prefers."),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SuggestionsRequest(_Request):
    """A draft as the customer has typed it so far."""

    subject: Subject
    body: Body
    locale: RequestLocale = None
    attempt: Token | None = None


class VerdictRequest(_Request):
    """What the customer says of one article that was suggested."""

    article: Annotated[
        str, Field(min_length=1, max_length=MAX_SLUG_CHARACTERS, description="Its slug.")
    ]
    verdict: Annotated[
        Verdict,
        Field(
            description="solved: this solved it. tried: it did not help. unrelated: not my problem."
        ),
    ]


class TicketRequest(_Request):
    """A question for a person."""

    subject: Subject
    body: Body
    email: Annotated[
        str, Field(max_length=MAX_EMAIL_CHARACTERS, description="Where the answer goes.")
    ]
    name: Annotated[str, Field(max_length=NAME_MAX)] = ""
    kind: TicketKind = TicketKind.QUESTION
    locale: RequestLocale = None
    attempt: Token | None = None


class ArticleReference(BaseModel):
    """An article in one language."""

    slug: str
    title: str
    locale: Locale
    url: Annotated[str, Field(description="Its page.")]


class SectionReference(BaseModel):
    """The section that answers. Both are empty for the text before the first heading."""

    title: str
    anchor: Annotated[str, Field(description="The fragment of the article's address.")]


class Suggestion(BaseModel):
    """One article that may solve it."""

    article: ArticleReference
    section: SectionReference
    excerpt: Annotated[str, Field(description="Plain text.")]
    confidence: Annotated[float, Field(ge=0, le=1)]
    terms: Annotated[list[str], Field(description="The customer's words that led here.")]
    sources: Annotated[
        list[Source],
        Field(description="What the words were found in, and what else led here: most first."),
    ]
    earlier_tickets: Annotated[
        int, Field(ge=0, le=3, description="Tickets like this one that the article solved.")
    ]


class SuggestionsAnswer(BaseModel):
    """At most five articles, the best first; none when nothing is good enough."""

    attempt: Token
    suggestions: list[Suggestion]
    is_cut: Annotated[
        bool, Field(description="The draft is too long to be read whole: its end changes nothing.")
    ]


class TicketAnswer(BaseModel):
    """The ticket that was filed."""

    reference: str
    url: Annotated[str, Field(description="Its page, which opens without an account: a secret.")]


class ProblemError(BaseModel):
    """What is wrong with one member of the request."""

    pointer: Annotated[str, Field(description="A JSON pointer into the request (RFC 6901).")]
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[ProblemError] | None = None
