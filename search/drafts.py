"""What a customer has typed so far."""

from dataclasses import dataclass
from typing import Final

from search.analysis import MAX_DRAFT_CHARACTERS, clean

MIN_DRAFT_CHARACTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft ticket. `locale` is the page's: a hint, not the truth."""

    subject: str
    body: str
    locale: str | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether it has more characters than are looked at."""
        return len(self.subject) + 1 + len(self.body) > MAX_DRAFT_CHARACTERS

    def cleaned(self) -> str:
        """The text that is looked at, without what nobody can see."""
        subject = self.subject[:MAX_DRAFT_CHARACTERS]
        return clean(f"{subject}\n{self.body[:MAX_DRAFT_CHARACTERS]}", MAX_DRAFT_CHARACTERS)
