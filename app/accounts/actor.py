"""Who is asking: what every visibility and permission rule receives."""

from dataclasses import dataclass, field

from app.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request, or nobody in particular (`user_id` None).

    `queue_ids` are the queues that an agent works; `ticket_ids` the tickets that this session
    opened by their private link.
    """

    user_id: int | None = None
    role: Role | None = None
    email: str | None = None
    organisation_id: int | None = None
    queue_ids: frozenset[int] = field(default_factory=frozenset)
    ticket_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """An agent, editor or admin."""
        return self.role in {Role.AGENT, Role.EDITOR, Role.ADMIN}

    @property
    def works_tickets(self) -> bool:
        """May work the queue: agents and admins."""
        return self.role in {Role.AGENT, Role.ADMIN}

    @property
    def curates(self) -> bool:
        """May publish: editors and admins."""
        return self.role in {Role.EDITOR, Role.ADMIN}

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


ANYBODY = Actor()
